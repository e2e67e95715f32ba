import type { Message } from "@/domain/messages";
import { Prisma } from "@/generated/prisma/client";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { pageOf } from "../database/page";
import { messagesInOrder } from "./prompt-text";

export interface PromptRow {
  id: string;
  taskType: string;
  split: "train" | "validation";
  messages: Message[];
  completionCount: number;
  taskCount: number;
  labelCount: number;
  createdAt: Date;
  archivedAt: Date | null;
}

export interface PromptPage {
  rows: PromptRow[];
  nextCursor: string | null;
  /**
   * What is told with the first page only: the number of prompts that match, of a search up to `MOST_COUNTED`, and the
   * numbers of prompts by task type in the whole project, archived ones left out.
   */
  first: { total: number; isMore: boolean; taskTypes: { name: string; count: number }[] } | null;
}

/** A search counts this many matches and no more: who reads the number wants to know whether it is large. */
export const MOST_COUNTED = 1_000;

export const promptRowSelect = {
  id: true,
  taskType: true,
  split: true,
  createdAt: true,
  archivedAt: true,
  messages: messagesInOrder,
} as const satisfies Prisma.PromptSelect;

interface PromptScope {
  projectId: string;
  taskType?: string;
  search?: string;
  archived: boolean;
}

/** Lists the project's prompts, newest first. `search` looks for a piece of text in any turn. */
export async function listPrompts(
  input: { actor: ProjectActor; cursor?: string | null; limit: number } & Omit<PromptScope, "projectId">,
): Promise<PromptPage> {
  const { projectId } = requireAdmin(input.actor);
  const { cursor, limit, taskType, archived } = input;
  const scope = { projectId, taskType, archived, search: input.search || undefined };
  const [found, taskTypes, all] = await Promise.all([
    // The ids that a search has to find for its count are those of its first page as well.
    findIds(scope, cursor, !cursor && scope.search ? Math.max(MOST_COUNTED, limit) + 1 : limit + 1),
    cursor ? [] : countTaskTypes(projectId),
    cursor || scope.search ? 0 : countAll(scope),
  ]);
  const page = pageOf(
    found.map((id) => ({ id })),
    limit,
  );
  const total = scope.search ? Math.min(found.length, MOST_COUNTED) : all;
  return {
    rows: await readPromptRows(page.rows.map(({ id }) => id)),
    nextCursor: page.nextCursor,
    first: cursor ? null : { total, isMore: scope.search !== undefined && found.length > MOST_COUNTED, taskTypes },
  };
}

const inScope = ({ projectId, taskType, archived }: PromptScope): Prisma.Sql => Prisma.sql`
  p."projectId" = ${projectId}::uuid AND p."archivedAt" IS ${archived ? Prisma.sql`NOT NULL` : Prisma.sql`NULL`}
  ${taskType ? Prisma.sql`AND p."taskType" = ${taskType}` : Prisma.empty}`;

/** Makes of a text the pattern that finds it in any place: its own `%` and `_` stand for themselves. */
const patternOf = (search: string): string => `%${search.replace(/[\\%_]/g, "\\$&")}%`;

async function findIds(scope: PromptScope, cursor: string | null | undefined, limit: number): Promise<string[]> {
  const { search } = scope;
  const matches = Prisma.sql`AND EXISTS (
    SELECT 1 FROM "PromptMessage" m
    WHERE m."promptId" = p."id" AND m."searchText" LIKE lower(${patternOf(search ?? "")}))`;
  const rows = await database().$queryRaw<{ id: string }[]>`
    SELECT p."id" FROM "Prompt" p WHERE ${inScope(scope)} ${search ? matches : Prisma.empty}
      ${cursor ? Prisma.sql`AND p."id" < ${cursor}::uuid` : Prisma.empty}
    ORDER BY p."id" DESC LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}

async function countAll(scope: PromptScope): Promise<number> {
  const [row] = await database().$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count" FROM "Prompt" p WHERE ${inScope(scope)}`;
  return row?.count ?? 0;
}

/** Reads the prompts of a page in the order of their ids. What is counted is counted of these prompts alone. */
async function readPromptRows(ids: string[]): Promise<PromptRow[]> {
  const [prompts, counts] = await Promise.all([
    database().prompt.findMany({ where: { id: { in: ids } }, select: promptRowSelect }),
    countOfPrompts(ids),
  ]);
  const byId = new Map(prompts.map((prompt) => [prompt.id, prompt]));
  return ids.flatMap((id) => byId.get(id) ?? []).map((prompt) => ({ ...prompt, ...counts(prompt.id) }));
}

/** Counts the prompts of each task type in the project, most frequent first. */
export async function countTaskTypes(projectId: string): Promise<{ name: string; count: number }[]> {
  const groups = await database().prompt.groupBy({
    by: ["taskType"],
    where: { projectId, archivedAt: null },
    _count: true,
    orderBy: [{ _count: { taskType: "desc" } }, { taskType: "asc" }],
  });
  return groups.map((group) => ({ name: group.taskType, count: group._count }));
}

type PromptCounts = Pick<PromptRow, "completionCount" | "taskCount" | "labelCount">;

/** Counts the completions, unarchived tasks and live labels of each of these prompts. */
export async function countOfPrompts(promptIds: readonly string[]): Promise<(promptId: string) => PromptCounts> {
  const rows = await database().$queryRaw<({ id: string } & PromptCounts)[]>`
    SELECT asked.id,
      (SELECT count(*) FROM "Completion" c WHERE c."promptId" = asked.id)::int AS "completionCount",
      (SELECT count(*) FROM "Task" t WHERE t."promptId" = asked.id AND t."archivedAt" IS NULL)::int AS "taskCount",
      (SELECT coalesce(sum(t."labelCount"), 0) FROM "Task" t WHERE t."promptId" = asked.id)::int AS "labelCount"
    FROM unnest(${[...promptIds]}::uuid[]) AS asked(id)`;
  const byId = new Map(rows.map(({ id, ...counts }) => [id, counts]));
  return (promptId) => byId.get(promptId) ?? { completionCount: 0, taskCount: 0, labelCount: 0 };
}
