import type { LabelKind } from "@/domain/labels/kinds";
import { type Share, shareOf } from "@/domain/statistics/share";
import { Prisma } from "@/generated/prisma/client";
import type { Transaction } from "../database/client";
import { type LabelPerson, labelPerson, namedPersonSelect, personColumn, personKey } from "../labels/label-person";

export interface AnnotatorQuality {
  /** The key of the person, by which labels are told apart. */
  id: string;
  /** The account; null for a person whom a file names. */
  userId: string | null;
  name: string;
  /** The file that names the person, and the account that imported it; null for a person of this instance. */
  source: LabelPerson["source"];
  /** The labels that count, by kind. */
  counts: Partial<Record<LabelKind, number>>;
  total: number;
  /** The seconds that half of the labels took less than; null where none was timed. */
  medianSeconds: number | null;
  skips: number;
  flagged: number;
  /**
   * The share of comparisons with a choice in which the completion that stood on the left was chosen. Half means no
   * habit.
   */
  choseLeft: Share;
  /** The share of comparisons of different lengths in which the longer completion was chosen. */
  choseLonger: Share;
}

/** The labels of a person that count: their number by kind, and one of them, which says who the person is. */
export interface PersonCounts {
  counts: Partial<Record<LabelKind, number>>;
  total: number;
  labelId: string;
}

/**
 * Describes what each person who gave a label that counts has given, and the habits that show; most labels first.
 * @param given by the key of the person
 */
export async function describeAnnotators(
  tx: Transaction,
  projectId: string,
  given: ReadonlyMap<string, PersonCounts>,
): Promise<AnnotatorQuality[]> {
  const people = await readPeople(tx, [...given.values()]);
  const timed = byPerson(await readTimes(tx, projectId));
  const choices = byPerson(await readChoices(tx, projectId));
  const skips = await readSkips(tx, projectId);
  return people
    .map(({ key, id, name, source }) => {
      const { counts, total } = given.get(key) ?? { counts: {}, total: 0 };
      const { medianSeconds = null, flagged = 0 } = timed.get(key) ?? {};
      const { left = 0, chosen = 0, longer = 0, differing = 0 } = choices.get(key) ?? {};
      return {
        ...{ id: key, userId: id, name, source, counts, total, medianSeconds, flagged },
        skips: (id && skips.get(id)) || 0,
        choseLeft: shareOf(left, chosen),
        choseLonger: shareOf(longer, differing),
      };
    })
    .sort((a, b) => b.total - a.total || a.name.localeCompare(b.name));
}

const byPerson = <Row extends { person: string }>(rows: Row[]) => new Map(rows.map((row) => [row.person, row]));

const PEOPLE_AT_ONCE = 1_000;

async function readPeople(tx: Transaction, given: readonly PersonCounts[]) {
  const people = [];
  for (let at = 0; at < given.length; at += PEOPLE_AT_ONCE) {
    const ids = given.slice(at, at + PEOPLE_AT_ONCE).map(({ labelId }) => labelId);
    const labels = await tx.label.findMany({ where: { id: { in: ids } }, select: namedPersonSelect });
    people.push(...labels.map((label) => ({ key: personKey(label), ...labelPerson(label) })));
  }
  return people;
}

/** The labels of a project (as l) that count, which are those that `reasonAgainst` says nothing against. */
const countingLabels = (projectId: string) => Prisma.sql`
  "LiveLabel" l
  JOIN "Task" t ON t."id" = l."taskId"
  JOIN "Prompt" prompt ON prompt."id" = t."promptId" AND prompt."archivedAt" IS NULL
  WHERE l."projectId" = ${projectId}::uuid
    AND NOT EXISTS (SELECT 1 FROM "Exclusion" e WHERE e."liftedAt" IS NULL AND e."labelId" = l."id")
    AND NOT EXISTS (SELECT 1 FROM "Exclusion" e WHERE e."liftedAt" IS NULL AND e."taskId" = l."taskId")
    AND NOT (l."sourceAnnotatorId" IS NULL AND l."annotatorId" IN (
      SELECT e."annotatorId" FROM "Exclusion" e
      WHERE e."projectId" = ${projectId}::uuid AND e."liftedAt" IS NULL AND e."annotatorId" IS NOT NULL))`;

const readTimes = (tx: Transaction, projectId: string) =>
  tx.$queryRaw<{ person: string; medianSeconds: number | null; flagged: number }[]>`
    SELECT ${personColumn} AS "person",
           (percentile_cont(0.5) WITHIN GROUP (ORDER BY l."durationMs") / 1000)::float8 AS "medianSeconds",
           count(*) FILTER (WHERE l."flagged")::int AS "flagged"
    FROM ${countingLabels(projectId)} GROUP BY 1`;

/**
 * Counts, over the comparisons with a choice, how often the chosen completion stood first on the page, and how often it
 * was the longer one of two that differ in length.
 */
const readChoices = (tx: Transaction, projectId: string) =>
  tx.$queryRaw<{ person: string; chosen: number; left: number; differing: number; longer: number }[]>`
    SELECT "person", count(*)::int AS "chosen", count(*) FILTER (WHERE "left")::int AS "left",
           count(*) FILTER (WHERE "gap" <> 0)::int AS "differing", count(*) FILTER (WHERE "gap" > 0)::int AS "longer"
    FROM (
      SELECT counting."person", p."position" = 0 AS "left",
             length(chosen."content") - length(rejected."content") AS "gap"
      FROM (SELECT l."id", ${personColumn} AS "person" FROM ${countingLabels(projectId)}) counting
      JOIN "ComparisonLabel" c ON c."labelId" = counting."id"
      JOIN "LabelPresentation" p ON p."labelId" = c."labelId" AND p."completionId" = c."chosenCompletionId"
      JOIN "Completion" chosen ON chosen."id" = c."chosenCompletionId"
      JOIN "Completion" rejected ON rejected."id" = c."rejectedCompletionId") choices
    GROUP BY 1`;

async function readSkips(tx: Transaction, projectId: string): Promise<Map<string, number>> {
  const rows = await tx.$queryRaw<{ userId: string; count: number }[]>`
    SELECT s."userId", count(*)::int AS "count"
    FROM "TaskSkip" s JOIN "Task" t ON t."id" = s."taskId"
    WHERE t."projectId" = ${projectId}::uuid GROUP BY 1`;
  return new Map(rows.map(({ userId, count }) => [userId, count]));
}
