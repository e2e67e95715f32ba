import type { Generation } from "@/generated/prisma/client";
import type { Database } from "../../database/client";
import { generationNotFound, readGeneration } from "../../generations/generation-row";
import { type JobPlace, plainJob } from "../queue";

/** The parts of both queues whose rows are generations: completions for labelling, and answers in the playground. */
export const generationRows = {
  ...plainJob<Generation>("generation", "Generation", (db, id, data) => db.generation.update({ where: { id }, data })),
  lock: async (tx: Database, { id, projectId }: JobPlace): Promise<Generation> => {
    await tx.$queryRaw`SELECT 1 FROM "Generation" WHERE "id" = ${id}::uuid FOR UPDATE`;
    const row = await tx.generation.findFirst({ where: { id, projectId } });
    if (!row) throw generationNotFound(id);
    return row;
  },
  read: ({ id, projectId }: Required<JobPlace>) => readGeneration({ projectId, generationId: id }),
};
