import { Prisma } from "@/generated/prisma/client";
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
  const page = pageOf(
    (await findIds({ projectId, cursor, limit: limit + 1, taskId, promptId, datasetVersionId, annotatorId })).map(
      (id) => ({
        id,
      }),
    ),
    limit,
  );
  const labels = await database().label.findMany({
    where: { id: { in: page.rows.map(({ id }) => id) } },
    orderBy: { id: "desc" },
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
  return { rows, nextCursor: page.nextCursor };
}

/** Finds the ids of a page of labels through the index of what is asked for, at any depth. */
async function findIds(page: {
  projectId: string;
  cursor?: string | null;
  limit: number;
  taskId?: string;
  promptId?: string;
  datasetVersionId?: string;
  annotatorId?: string;
}): Promise<string[]> {
  const { projectId, cursor, limit, taskId, promptId, datasetVersionId, annotatorId } = page;
  const also = [
    cursor && Prisma.sql`l."id" < ${cursor}::uuid`,
    taskId && Prisma.sql`l."taskId" = ${taskId}::uuid`,
    promptId && Prisma.sql`l."taskId" IN (SELECT t."id" FROM "Task" t WHERE t."promptId" = ${promptId}::uuid)`,
    // What a person's account imported was given by others.
    annotatorId && Prisma.sql`l."annotatorId" = ${annotatorId}::uuid AND l."importId" IS NULL`,
    datasetVersionId && Prisma.sql`e."datasetVersionId" = ${datasetVersionId}::uuid`,
    datasetVersionId && cursor && Prisma.sql`e."labelId" < ${cursor}::uuid`,
  ];
  const conditions = [Prisma.sql`l."projectId" = ${projectId}::uuid`, ...also.filter((one) => typeof one === "object")];
  const [source, order] = datasetVersionId
    ? [Prisma.sql`"DatasetLedgerEntry" e JOIN "Label" l ON l."id" = e."labelId"`, Prisma.sql`e."labelId"`]
    : [Prisma.sql`"Label" l`, Prisma.sql`l."id"`];
  const rows = await database().$queryRaw<{ id: string }[]>`
    SELECT l."id" FROM ${source} WHERE ${Prisma.join(conditions, " AND ")} ORDER BY ${order} DESC LIMIT ${limit}`;
  return rows.map(({ id }) => id);
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
