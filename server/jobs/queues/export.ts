import type { ModelExport } from "@/generated/prisma/client";
import { database } from "../../database/client";
import { describeExport, exportNotFound, findExport } from "../../exports/export-row";
import { defineQueue, ONE_AFTER_ANOTHER, plainJob, UNFINISHED } from "../queue";

/** The queue of models to be written for download, which costs the disk more than the processor. */
export const exportModel = defineQueue({
  ...plainJob<ModelExport>("export", "ModelExport", (db, id, data) => db.modelExport.update({ where: { id }, data })),
  name: "export",
  role: "generation",
  policy: ONE_AFTER_ANOTHER,
  whenWorkerDies: "again",
  openRows: () => database().modelExport.findMany({ where: UNFINISHED, select: { id: true } }),
  lock: async (tx, { id, projectId }) => {
    await tx.$queryRaw`SELECT 1 FROM "ModelExport" WHERE "id" = ${id}::uuid FOR UPDATE`;
    const row = await tx.modelExport.findFirst({ where: { id, projectId } });
    if (!row) throw exportNotFound(id);
    return row;
  },
  read: async ({ id, projectId }) => describeExport(await findExport({ projectId, exportId: id })),
});
