import { z } from "zod";
import { DomainError } from "@/domain/errors";
import type { Database } from "../database/client";

/** The target of an exclusion: one label, all labels of a task, or all of a person in this project. */
export const exclusionTargetSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("label"), id: z.uuid() }),
  z.object({ kind: z.literal("task"), id: z.uuid() }),
  z.object({ kind: z.literal("annotator"), id: z.uuid() }),
]);
export type ExclusionTarget = z.infer<typeof exclusionTargetSchema>;

/** Writes the target as an exclusion's columns, of which exactly one is set. */
export const targetColumns = ({ kind, id }: ExclusionTarget) => ({
  labelId: kind === "label" ? id : null,
  taskId: kind === "task" ? id : null,
  annotatorId: kind === "annotator" ? id : null,
});

/** Reads the target from an exclusion's columns. */
export function targetOf(row: {
  labelId: string | null;
  taskId: string | null;
  annotatorId: string | null;
}): ExclusionTarget {
  if (row.labelId) return { kind: "label", id: row.labelId };
  if (row.taskId) return { kind: "task", id: row.taskId };
  if (row.annotatorId) return { kind: "annotator", id: row.annotatorId };
  throw new Error("an exclusion without a target"); // the database's check promises that one column is set
}

/** The condition for the target's labels in the project. */
export const labelsOfTarget = (projectId: string, { kind, id }: ExclusionTarget) => ({
  projectId,
  ...(kind === "label" && { id }),
  ...(kind === "task" && { taskId: id }),
  ...(kind === "annotator" && { annotatorId: id, ...withoutNamedPeople }),
});

/** What an account imported with the name of another person is not its own. */
export const withoutNamedPeople = { sourceAnnotatorId: null } as const;

/**
 * Checks that the target has labels in this project: without any there is nothing to exclude.
 * @throws DomainError `label-not-found`, `task-not-found`, `annotator-not-found`
 */
export async function assertHasLabels(db: Database, projectId: string, target: ExclusionTarget): Promise<void> {
  const label = await db.label.findFirst({ where: labelsOfTarget(projectId, target), select: { id: true } });
  if (label) return;
  const noun = target.kind === "label" ? "label" : `${target.kind} with labels`;
  throw new DomainError(`${target.kind}-not-found`, `no labels of ${target.id}`, `There is no such ${noun}.`);
}
