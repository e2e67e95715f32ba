import { createContext } from "@/server/api/root";

type User = Awaited<ReturnType<typeof createContext>>["user"];

/** Makes the handler of a download's address: what serves the file gets the parts of the address, and who asks. */
export const answerDownload =
  <Place extends object>(serve: (asked: Place & { user: User }) => Promise<Response>) =>
  async (request: Request, { params }: { params: Promise<Place> }): Promise<Response> =>
    serve({ ...(await params), user: (await createContext(request.headers)).user });
