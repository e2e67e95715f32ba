import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { buildRecords } from "./build-records";
import { assertHasLabels, type ExclusionTarget, targetColumns } from "./exclusion-target";
import { countRecords, type RecordCounts } from "./preview-dataset";
import { type ExclusionColumns, readLabels, takeSnapshot } from "./read-snapshot";

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
      const { rows, exclusions } = await readLabels(tx, projectId);
      const under = (excluded: readonly ExclusionColumns[]) => countRecords(buildRecords(takeSnapshot(rows, excluded)));
      return { before: under(exclusions), after: under([...exclusions, targetColumns(target)]) };
    },
    { isolationLevel: "RepeatableRead", timeout: 60_000 },
  );
}
