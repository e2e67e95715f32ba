import { createContext } from "@/server/api/root";
import { receiveImport } from "@/server/api/uploads";

type Props = { params: Promise<{ project: string }> };

export const POST = async (request: Request, { params }: Props) =>
  receiveImport({ request, project: (await params).project, user: (await createContext(request.headers)).user });

export const dynamic = "force-dynamic";
