import { downloadCheckpoint } from "@/server/api/downloads";
import { createContext } from "@/server/api/root";

type Props = { params: Promise<{ project: string; run: string; step: string; file: string }> };

export const GET = async (request: Request, { params }: Props) =>
  downloadCheckpoint({ ...(await params), user: (await createContext(request.headers)).user });
