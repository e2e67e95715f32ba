import type { InspectModel } from "@/domain/models/inspect-model";
import { database } from "../database/client";
import { performJob } from "../jobs/perform-job";
import { inspect } from "../jobs/queues/inspect";
import { resolveModel } from "../models/resolve-model";

/**
 * Reads a model's files and keeps what they say.
 * @throws when the job is to be taken up again
 */
export async function performInspection(
  inspectionId: string,
  { inspectModel, signal }: { inspectModel: InspectModel; signal: AbortSignal },
): Promise<void> {
  await performJob(inspect, inspectionId, signal, {
    work: async ({ row, signal: stop, say }) => {
      const version = await database().modelVersion.findUniqueOrThrow({ where: { id: row.modelVersionId } });
      const model = await resolveModel(database(), version);
      const facts = await inspectModel({ model, signal: stop, onProgress: ({ message }) => say(message) });
      // An interrupted attempt may have written some already.
      await database().$transaction([
        database().modelFact.deleteMany({ where: { inspectionId } }),
        database().modelFact.createMany({ data: facts.map((fact, position) => ({ ...fact, inspectionId, position })) }),
      ]);
      return { status: "completed", finishedAt: new Date(), activity: null };
    },
  });
}
