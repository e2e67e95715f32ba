import type { Evaluation } from "@/generated/prisma/client";
import { database } from "../../database/client";
import { evaluationNotFound, readEvaluation } from "../../evaluations/evaluation-row";
import { defineQueue, ONE_AFTER_ANOTHER, plainJob, UNFINISHED } from "../queue";

/** The queue of capability suites, one model after the other. */
export const evaluate = defineQueue({
  ...plainJob<Evaluation>("evaluation", "Evaluation", (db, id, data) => db.evaluation.update({ where: { id }, data })),
  name: "evaluate",
  role: "generation",
  policy: ONE_AFTER_ANOTHER,
  whenWorkerDies: "again",
  openRows: () => database().evaluation.findMany({ where: UNFINISHED, select: { id: true } }),
  lock: async (tx, { id, projectId }) => {
    await tx.$queryRaw`SELECT 1 FROM "Evaluation" WHERE "id" = ${id}::uuid FOR UPDATE`;
    const row = await tx.evaluation.findFirst({ where: { id, projectId } });
    if (!row) throw evaluationNotFound(id);
    return row;
  },
  read: ({ id, projectId }) => readEvaluation({ projectId, evaluationId: id }),
});
