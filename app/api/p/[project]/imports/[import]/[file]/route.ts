import { downloadImportReport } from "@/server/api/downloads";
import { createContext } from "@/server/api/root";

type Props = { params: Promise<{ project: string; import: string; file: string }> };

export const GET = async (request: Request, { params }: Props) =>
  downloadImportReport({ ...(await params), user: (await createContext(request.headers)).user });
