import type { Generation, Prisma } from "@/generated/prisma/client";
import { database } from "../database/client";
import { generationChannel, notify } from "../jobs/notify";
import { performRowJob } from "../jobs/row-job";
import { GENERATIONS } from "./generation-row";

export interface GenerationJob {
  generation: Generation;
  signal: AbortSignal;
  say(activity: string): void;
}

/** What background generations and the playground share: `performRowJob` for the rows of both. */
export function performGenerationJob(
  generationId: string,
  signal: AbortSignal,
  { again, work }: { again: boolean; work: (job: GenerationJob) => Promise<void> },
): Promise<void> {
  return performRowJob(GENERATIONS, generationId, signal, {
    again,
    work: async ({ row, ...job }) => {
      await work({ generation: row, ...job });
      return undefined; // it has ended the row itself
    },
  });
}

/** Changes the row and tells those who watch. */
export async function settle(generationId: string, data: Prisma.GenerationUncheckedUpdateInput): Promise<void> {
  await database().$transaction(async (tx) => {
    await tx.generation.update({ where: { id: generationId }, data });
    await notify(tx, generationChannel(generationId), { type: "state" });
  });
}
