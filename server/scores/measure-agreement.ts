import type { PreferenceRecord } from "@/domain/datasets/records";
import { ClusteredShare } from "@/domain/statistics/clustered-share";
import type { Share } from "@/domain/statistics/share";
import type { Transaction } from "../database/client";
import { buildRecords, toExcluded } from "../datasets/build-records";
import { readExclusions, readSnapshot } from "../datasets/read-snapshot";
import { type Computation, type KeptResult, recentResult } from "../results/keep-result";
import { labelState } from "../results/label-state";
import { pauses } from "../serve-others";

export interface Agreement {
  /** The pairs of prompts that the model's own run learned from: what it remembers. */
  trainedOn: Share;
  /** The pairs of other prompts: what it has understood. */
  heldOut: Share;
  /** The number of tasks with a pair that the model orders differently from the people. */
  disagreedTasks: number;
}

/**
 * Measures the share of the pairs that the live labels give by today's rules (majorities, gaps) which a reward model
 * puts in the same order. Pairs with a missing score are left out; equal scores are not the same order. The result is
 * kept until labels or scores change, and the tasks in which model and people differ are rows (RewardDisagreement).
 */
export const measureAgreement = (input: {
  projectId: string;
  modelVersionId: string;
}): Promise<KeptResult<Agreement>> => recentResult(agreementOf(input));

const agreementOf = ({ projectId, modelVersionId }: { projectId: string; modelVersionId: string }) =>
  ({
    projectId,
    name: `agreement ${modelVersionId}`,
    state: async (tx) => `${await labelState(tx, projectId)} ${await scoreState(tx, modelVersionId)}`,
    compute: (tx) => compareOrders(tx, { projectId, modelVersionId }),
  }) satisfies Computation<Agreement>;

/** Scores are only ever added, by scorings that count them; a model is of one run, which it may get later. */
async function scoreState(tx: Transaction, modelVersionId: string): Promise<string> {
  const scores = await tx.scoring.aggregate({ where: { modelVersionId }, _sum: { doneCount: true } });
  const model = await tx.modelVersion.findUniqueOrThrow({ where: { id: modelVersionId } });
  return `${scores._sum.doneCount ?? 0} ${model.trainingRunId ?? "-"}`;
}

async function compareOrders(
  tx: Transaction,
  { projectId, modelVersionId }: { projectId: string; modelVersionId: string },
): Promise<Agreement> {
  const excluded = toExcluded(await readExclusions(tx, projectId));
  const learned = await promptsLearned(tx, modelVersionId);
  const [trainedOn, heldOut] = [new ClusteredShare(), new ClusteredShare()];
  const pause = pauses();
  let disagreedTasks = 0;
  await tx.rewardDisagreement.deleteMany({ where: { modelVersionId } });
  for await (const tasks of readSnapshot(tx, projectId)) {
    const scores = await readScores(
      tx,
      modelVersionId,
      tasks.flatMap(({ completionIds }) => completionIds),
    );
    const disagreed: string[] = [];
    for (const task of tasks) {
      const hits = buildRecords(task, excluded).records.flatMap((record) =>
        record.kind === "preference" ? (sameOrder(record, scores) ?? []) : [],
      );
      for (const hit of hits) (learned.has(task.promptId) ? trainedOn : heldOut).add(task.promptId, hit);
      if (hits.includes(false)) disagreed.push(task.id);
      await pause();
    }
    await tx.$executeRaw`
      INSERT INTO "RewardDisagreement" ("modelVersionId", "taskId")
      SELECT ${modelVersionId}::uuid, unnest(${disagreed}::uuid[])`;
    disagreedTasks += disagreed.length;
  }
  return { trainedOn: trainedOn.share(), heldOut: heldOut.share(), disagreedTasks };
}

/** True where the model agrees; null where one of the two has no score. */
function sameOrder(pair: PreferenceRecord, scores: ReadonlyMap<string, number>): boolean | null {
  const chosen = scores.get(pair.chosenCompletionId);
  const rejected = scores.get(pair.rejectedCompletionId);
  return chosen === undefined || rejected === undefined ? null : chosen > rejected;
}

/** Reads the scores of a page of tasks; the list of completions is one parameter. */
async function readScores(tx: Transaction, modelVersionId: string, completionIds: string[]) {
  const rows = await tx.$queryRaw<{ completionId: string; score: number }[]>`
    SELECT "completionId", "score" FROM "RewardScore"
    WHERE "modelVersionId" = ${modelVersionId}::uuid AND "completionId" = ANY(${completionIds}::uuid[])`;
  return new Map(rows.map(({ completionId, score }) => [completionId, score]));
}

async function promptsLearned(tx: Transaction, modelVersionId: string): Promise<Set<string>> {
  const [row] = await tx.$queryRaw<{ promptIds: string[] }[]>`
    SELECT coalesce(json_agg(DISTINCT r."promptId"), '[]') AS "promptIds"
    FROM "DatasetRecord" r
    JOIN "TrainingRun" run ON run."datasetVersionId" = r."datasetVersionId"
    JOIN "ModelVersion" m ON m."trainingRunId" = run."id"
    WHERE m."id" = ${modelVersionId}::uuid AND r."kind" = 'preference' AND r."split" = 'train'`;
  return new Set(row?.promptIds);
}
