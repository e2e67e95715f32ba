import { downloadLabels } from "@/server/api/downloads";
import { createContext } from "@/server/api/root";

type Props = { params: Promise<{ project: string; file: string }> };

export const GET = async (request: Request, { params }: Props) =>
  downloadLabels({ ...(await params), user: (await createContext(request.headers)).user });
