import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { pauses } from "../serve-others";
import { buildRecords, toExcluded } from "./build-records";
import { RecordCounter, type RecordCounts } from "./count-records";
import { assertHasLabels, type ExclusionTarget, targetColumns } from "./exclusion-target";
import { readExclusions, readSnapshot, type SnapshotTask } from "./read-snapshot";

/**
 * Compares what a dataset version taken now would hold with what it would hold with one more exclusion, and writes
 * nothing. The difference is not just the labels excluded: without them a majority may turn, or a tie be broken.
 * @throws DomainError `label-not-found`, `task-not-found`, `annotator-not-found`
 */
export async function previewExclusion(input: { actor: ProjectActor; target: ExclusionTarget }) {
  const { projectId } = requireAdmin(input.actor);
  const { target } = input;
  return database().$transaction(
    async (tx): Promise<{ before: RecordCounts; after: RecordCounts }> => {
      await assertHasLabels(tx, projectId, target);
      const exclusions = await readExclusions(tx, projectId);
      const now = toExcluded(exclusions);
      const then = toExcluded([...exclusions, targetColumns(target)]);
      const before = new RecordCounter();
      const after = new RecordCounter();
      const pause = pauses();
      for await (const tasks of readSnapshot(tx, projectId))
        for (const task of tasks) {
          const built = buildRecords(task, now);
          before.add(built);
          after.add(mayConcern(task, target) ? buildRecords(task, then) : built);
          await pause();
        }
      return { before: before.counts(), after: after.counts() };
    },
    { isolationLevel: "RepeatableRead", timeout: 600_000 },
  );
}

/** Tells whether any label of the task may be the target's. */
function mayConcern(task: SnapshotTask, { kind, id }: ExclusionTarget): boolean {
  if (kind === "task") return task.id === id;
  return task.labels.some((label) => (kind === "label" ? label.id : label.annotatorId) === id);
}
