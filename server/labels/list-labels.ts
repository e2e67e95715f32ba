import { type ProjectActor, requireAdmin, requireMember } from "../access/actor";
import { database } from "../database/client";
import { after, pageOf } from "../database/page";
import { type LabelPerson, labelPerson, namedPersonSelect } from "./label-person";
import {
  type LabelSummary,
  labelSummarySelect,
  type OwnLabelSummary,
  summariseForAnnotator,
  summariseLabel,
} from "./label-row";

export interface LabelRow extends LabelSummary {
  promptId: string;
  taskType: string;
  annotator: LabelPerson;
  durationMs: number | null;
  /** The dataset versions that used the label or left it out, newest first. */
  datasetVersions: { id: string; version: number; used: boolean; reason: string | null }[];
}

/** Lists the labels of the project, newest first, each with its person and the dataset versions it went into. */
export async function listLabels(input: {
  actor: ProjectActor;
  cursor?: string | null;
  limit: number;
  taskId?: string;
  promptId?: string;
  datasetVersionId?: string;
  annotatorId?: string;
}): Promise<{ rows: LabelRow[]; nextCursor: string | null }> {
  const { projectId } = requireAdmin(input.actor);
  const { cursor, limit, taskId, promptId, datasetVersionId, annotatorId } = input;
  const labels = await database().label.findMany({
    where: {
      projectId,
      taskId,
      // What a person's account imported was given by others.
      ...(annotatorId && { annotatorId, importId: null }),
      ...(promptId && { task: { promptId } }),
      ...(datasetVersionId && { ledgerEntries: { some: { datasetVersionId } } }),
      ...after(cursor),
    },
    orderBy: { id: "desc" },
    take: limit + 1,
    select: {
      ...labelSummarySelect,
      durationMs: true,
      ...namedPersonSelect,
      ledgerEntries: {
        orderBy: { datasetVersion: { version: "desc" } },
        select: { used: true, reason: true, datasetVersion: { select: { id: true, version: true } } },
      },
    },
  });
  const rows = labels.map((label) => ({
    ...summariseLabel(label),
    promptId: label.task.prompt.id,
    taskType: label.task.prompt.taskType,
    annotator: labelPerson(label),
    durationMs: label.durationMs,
    datasetVersions: label.ledgerEntries.map(({ used, reason, datasetVersion }) => ({
      ...datasetVersion,
      used,
      reason,
    })),
  }));
  return pageOf(rows, limit);
}

/** Lists the labels that a person gave, newest first, with those that were corrected or taken back. */
export async function listMyLabels(input: {
  actor: ProjectActor;
  cursor?: string | null;
  limit: number;
}): Promise<{ rows: OwnLabelSummary[]; nextCursor: string | null }> {
  const { projectId, userId } = requireMember(input.actor);
  const { cursor, limit } = input;
  const labels = await database().label.findMany({
    where: { projectId, annotatorId: userId, importId: null, ...after(cursor) },
    orderBy: { id: "desc" },
    take: limit + 1,
    select: labelSummarySelect,
  });
  return pageOf(labels.map(summariseForAnnotator), limit);
}
