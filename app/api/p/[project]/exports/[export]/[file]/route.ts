import { downloadExport } from "@/server/api/downloads";
import { createContext } from "@/server/api/root";

type Props = { params: Promise<{ project: string; export: string; file: string }> };

export const GET = async (request: Request, { params }: Props) =>
  downloadExport({ ...(await params), user: (await createContext(request.headers)).user });
