import { downloadModel } from "@/server/api/downloads";
import { createContext } from "@/server/api/root";

type Props = { params: Promise<{ project: string; model: string; file: string }> };

export const GET = async (request: Request, { params }: Props) =>
  downloadModel({ ...(await params), user: (await createContext(request.headers)).user });
