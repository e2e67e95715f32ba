import type { EvaluateModel } from "@/domain/evaluation/evaluate-model";
import { SUITE_NAMES, suiteOf } from "@/domain/evaluation/suites";
import { database } from "../database/client";
import { jobChannel, notify } from "../jobs/notify";
import { performJob } from "../jobs/perform-job";
import { evaluate } from "../jobs/queues/evaluate";
import { resolveModel } from "../models/resolve-model";

/**
 * Puts the suites to a model. An interrupted evaluation goes on with the suites that have no answers yet.
 * @throws when the job is to be taken up again
 */
export async function performEvaluation(
  evaluationId: string,
  { evaluateModel, signal }: { evaluateModel: EvaluateModel; signal: AbortSignal },
): Promise<void> {
  await performJob(evaluate, evaluationId, signal, {
    work: async ({ row, signal: stop, say }) => {
      const version = await database().modelVersion.findUniqueOrThrow({ where: { id: row.modelVersionId } });
      const model = await resolveModel(database(), version);
      const answered = await database().evaluationAnswer.findMany({
        where: { evaluationId },
        distinct: ["suite"],
        select: { suite: true },
      });
      const suites = SUITE_NAMES.filter((name) => !answered.some(({ suite }) => suite === name));
      let done = 0;
      for await (const { suite, answers } of evaluateModel({ model, suites, signal: stop, onActivity: say })) {
        await database().$transaction(async (tx) => {
          await tx.evaluationAnswer.createMany({
            data: answers.map((answer, position) => ({ ...answer, evaluationId, suite, position })),
          });
          await notify(tx, jobChannel("evaluation", evaluationId), { type: "state" });
        });
        const next = suites[++done];
        if (next) say(`evaluating ${suiteOf(next).title.toLowerCase()}`);
      }
      return { status: "completed", finishedAt: new Date(), activity: null };
    },
  });
}
