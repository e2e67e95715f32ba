import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { DomainError } from "@/domain/errors";
import type { CurrentUser } from "../access/current-user";
import { piecesWhileAllowed, watchRights } from "../access/keep-rights";
import { fileNameSchema, hintSchema } from "../prompts/import-limits";
import { uploadImport } from "../prompts/upload-import";
import { adminOf, answer } from "./downloads";

/** The type that a body of plain bytes has. A form of another site can't send it, and a script of one has to ask first. */
const BYTES = "application/octet-stream";

interface UploadInput {
  user: CurrentUser | null;
  /** The project's slug. */
  project: string;
  request: Request;
}

/**
 * Takes the bytes of a file to be imported, as they arrive: `POST /api/p/SLUG/imports?name=rows.jsonl`. Only admins of the
 * project may send them, and only from the site's own pages. The answer names the import, which is looked at next.
 */
export const receiveImport = ({ user, project, request }: UploadInput): Promise<Response> =>
  answer("uploads.import", async () => {
    const actor = await adminOf({ user, project });
    requireOwnPage(request.headers);
    const query = new URL(request.url).searchParams;
    const name = fileNameSchema.safeParse(query.get("name"));
    const hint = hintSchema.safeParse(query.get("hint"));
    if (!name.success || !hint.success)
      throw new DomainError(
        "import-broken",
        request.url,
        "The upload does not say what the file is called. Try again.",
      );
    const announced = request.headers.get("content-length");
    const body = request.body ? Readable.fromWeb(request.body as NodeReadableStream<Uint8Array>) : Readable.from([]);
    const bytes = user === null ? body : piecesWhileAllowed(body, watchRights(user, project, actor));
    const made = await uploadImport({
      ...{ actor, bytes, fileName: name.data, hint: hint.data },
      announced: announced !== null && /^\d+$/.test(announced) ? Number(announced) : null,
    });
    return Response.json(made, { headers: { "cache-control": "no-store" } });
  });

/** @throws DomainError `upload-forbidden` where the request may come from another site's page */
function requireOwnPage(headers: Headers): void {
  const from = headers.get("sec-fetch-site");
  const isOwn = from === null || from === "same-origin" || from === "none";
  if (isOwn && headers.get("content-type") === BYTES) return;
  const line = `upload of ${headers.get("content-type")} from ${from ?? "nowhere"}`;
  throw new DomainError("upload-forbidden", line, "A file can be uploaded from this site's own pages only.");
}
