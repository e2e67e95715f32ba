import type { PreferenceRecord } from "@/domain/datasets/records";
import { convertLabels } from "@/domain/labels/convert";
import { clusteredShare } from "@/domain/statistics/clustered-share";
import type { Share } from "@/domain/statistics/share";
import { database } from "../database/client";
import { readSnapshot } from "../datasets/read-snapshot";

export interface Agreement {
  /** The pairs of prompts that the model's own run learned from: what it remembers. */
  trainedOn: Share;
  /** The pairs of other prompts: what it has understood. */
  heldOut: Share;
  /** The tasks with a pair that the model orders differently from the people. */
  disagreedTaskIds: string[];
}

/**
 * Measures the share of the pairs that the live labels give by today's rules (majorities, gaps) which a reward model
 * puts in the same order. Pairs with a missing score are left out; equal scores are not the same order.
 */
export async function measureAgreement(input: { projectId: string; modelVersionId: string }): Promise<Agreement> {
  const { projectId, modelVersionId } = input;
  const [snapshot, rows, learned] = await Promise.all([
    readSnapshot(database(), projectId),
    database().rewardScore.findMany({
      where: { modelVersionId, completion: { projectId } },
      select: { completionId: true, score: true },
    }),
    promptsLearned(modelVersionId),
  ]);
  const scores = new Map(rows.map(({ completionId, score }) => [completionId, score]));
  const taskOf = new Map(snapshot.labels.map(({ id, taskId }) => [id, taskId]));
  const pairs = convertLabels(snapshot.labels).records.flatMap((record) => {
    const hit = record.kind === "preference" ? sameOrder(record, scores) : null;
    return hit === null ? [] : [{ cluster: record.promptId, hit, labelIds: record.labelIds }];
  });
  const disagreed = pairs.filter(({ hit }) => !hit).flatMap(({ labelIds }) => labelIds);
  return {
    trainedOn: clusteredShare(pairs.filter(({ cluster }) => learned.has(cluster))),
    heldOut: clusteredShare(pairs.filter(({ cluster }) => !learned.has(cluster))),
    disagreedTaskIds: [...new Set(disagreed.flatMap((labelId) => taskOf.get(labelId) ?? []))],
  };
}

/** True where the model agrees; null where one of the two has no score. */
function sameOrder(pair: PreferenceRecord, scores: ReadonlyMap<string, number>): boolean | null {
  const chosen = scores.get(pair.chosenCompletionId);
  const rejected = scores.get(pair.rejectedCompletionId);
  return chosen === undefined || rejected === undefined ? null : chosen > rejected;
}

async function promptsLearned(modelVersionId: string): Promise<Set<string>> {
  const records = await database().datasetRecord.findMany({
    where: {
      kind: "preference",
      split: "train",
      datasetVersion: { trainingRuns: { some: { modelVersion: { id: modelVersionId } } } },
    },
    distinct: ["promptId"],
    select: { promptId: true },
  });
  return new Set(records.map(({ promptId }) => promptId));
}
