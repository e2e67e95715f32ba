import { mkdir, open, rename } from "node:fs/promises";
import { DomainError } from "@/domain/errors";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { newId } from "../database/new-id";
import { sendJob } from "../jobs/send-job";
import { importBytes, importFolder, removeImportFiles } from "./import-files";
import { MAX_FILE_BYTES } from "./import-limits";
import { removeStaleImports } from "./remove-stale-imports";

export interface UploadImportInput {
  actor: ProjectActor;
  fileName: string;
  hint: "jsonl" | "csv" | null;
  bytes: AsyncIterable<Uint8Array>;
  /** The number of bytes that were announced; null where none was. */
  announced: number | null;
}

/**
 * Writes an uploaded file into the data folder while it arrives and has it looked at. The file gets its name when it is
 * whole and on the disk, and only then there is a row, so that nothing half-written is ever read.
 * @throws DomainError `import-too-large`, `import-broken` where fewer bytes came than were announced
 */
export async function uploadImport(input: UploadImportInput, maxBytes = MAX_FILE_BYTES): Promise<{ importId: string }> {
  const { projectId, userId } = requireAdmin(input.actor);
  const { fileName, hint, announced } = input;
  if (announced !== null && announced > maxBytes) throw tooLarge(fileName);
  await removeStaleImports();
  const id = newId();
  try {
    const sizeBytes = await receive(id, input, maxBytes);
    await database().$transaction(async (tx) => {
      const activity = "waiting to be looked at";
      await tx.promptImport.create({
        data: { id, projectId, createdById: userId, fileName, hint, sizeBytes, activity },
      });
      await sendJob(tx, "preview", { id });
    });
  } catch (error) {
    await removeImportFiles(id);
    throw error;
  }
  return { importId: id };
}

async function receive(
  id: string,
  { fileName, bytes, announced }: UploadImportInput,
  maxBytes: number,
): Promise<number> {
  await mkdir(importFolder(id), { recursive: true, mode: 0o700 });
  const half = `${importBytes(id)}.part`;
  const file = await open(half, "wx", 0o600);
  let size = 0;
  try {
    for await (const chunk of arriving(bytes, fileName)) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(fileName);
      await file.writeFile(chunk);
    }
    if (announced !== null && size !== announced)
      throw new DomainError(
        "import-broken",
        `${fileName}: ${size} of ${announced} bytes`,
        `${fileName} did not arrive completely. Try again.`,
      );
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(half, importBytes(id));
  return size;
}

/** Gives the bytes on, and says in a person's words where they stop coming. */
async function* arriving(bytes: AsyncIterable<Uint8Array>, fileName: string): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    if (error instanceof DomainError) throw error; // whoever sends the file has lost the right to
    const words = `${fileName} did not arrive completely. Try again.`;
    throw new DomainError("import-broken", `${fileName}: the connection ended`, words, error);
  }
}

const tooLarge = (fileName: string) =>
  new DomainError(
    "import-too-large",
    `${fileName} has more than ${MAX_FILE_BYTES} bytes`,
    `${fileName} has more than 512 MB. Split it into several files.`,
  );
