import type { ModelInspection } from "@/generated/prisma/client";
import { database } from "../../database/client";
import { describeInspection, findInspection, inspectionNotFound } from "../../inspections/inspection-row";
import { defineQueue, ONE_AFTER_ANOTHER, plainJob, UNFINISHED } from "../queue";

/** The queue of models whose files are to be read, for what their pages say of them. */
export const inspect = defineQueue({
  ...plainJob<ModelInspection>("inspection", "ModelInspection", (db, id, data) =>
    db.modelInspection.update({ where: { id }, data }),
  ),
  name: "inspect",
  role: "generation",
  policy: ONE_AFTER_ANOTHER,
  beginning: "reading the model's files",
  whenWorkerDies: "again",
  openRows: () => database().modelInspection.findMany({ where: UNFINISHED, select: { id: true } }),
  lock: async (tx, { id, projectId }) => {
    await tx.$queryRaw`SELECT 1 FROM "ModelInspection" WHERE "id" = ${id}::uuid FOR UPDATE`;
    const row = await tx.modelInspection.findFirst({ where: { id, projectId } });
    if (!row) throw inspectionNotFound(id);
    return row;
  },
  read: async ({ id, projectId }) => describeInspection(await findInspection({ projectId, inspectionId: id })),
});
