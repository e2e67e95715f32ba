import type { Scoring } from "@/generated/prisma/client";
import { database } from "../../database/client";
import { readScoring, scoringNotFound } from "../../scores/scoring-row";
import { defineQueue, ONE_AFTER_ANOTHER, plainJob, UNFINISHED } from "../queue";

/** The queue of rewards of completions, one request after the other. */
export const score = defineQueue({
  ...plainJob<Scoring>("scoring", "Scoring", (db, id, data) => db.scoring.update({ where: { id }, data })),
  name: "score",
  role: "generation",
  policy: ONE_AFTER_ANOTHER,
  whenWorkerDies: "again",
  openRows: () => database().scoring.findMany({ where: UNFINISHED, select: { id: true } }),
  lock: async (tx, { id, projectId }) => {
    await tx.$queryRaw`SELECT 1 FROM "Scoring" WHERE "id" = ${id}::uuid FOR UPDATE`;
    const row = await tx.scoring.findFirst({ where: { id, projectId } });
    if (!row) throw scoringNotFound(id);
    return row;
  },
  read: ({ id, projectId }) => readScoring({ projectId, scoringId: id }),
});
