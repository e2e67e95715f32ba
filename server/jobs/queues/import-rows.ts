import type { PromptImport } from "@/generated/prisma/client";
import type { Database } from "../../database/client";
import { importNotFound, readImport } from "../../prompts/import-row";
import { type JobPlace, plainJob } from "../queue";

/** The parts of both queues whose rows are uploads: the look at a file, and the import of it. */
export const importRows = {
  ...plainJob<PromptImport>("import", "PromptImport", (db, id, data) =>
    db.promptImport.update({ where: { id }, data }),
  ),
  lock: async (tx: Database, { id, projectId }: JobPlace): Promise<PromptImport> => {
    await tx.$queryRaw`SELECT 1 FROM "PromptImport" WHERE "id" = ${id}::uuid FOR NO KEY UPDATE`;
    const row = await tx.promptImport.findFirst({ where: { id, projectId } });
    if (!row) throw importNotFound(id);
    return row;
  },
  read: ({ id, projectId }: Required<JobPlace>) => readImport({ id, projectId }),
};
