import type { ConvertibleLabel, LabelKind } from "@/domain/labels/kinds";
import { type Share, shareOf } from "@/domain/statistics/share";
import { database } from "../database/client";
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

interface TimedRow {
  person: string;
  medianSeconds: number | null;
  flagged: number;
}

/** Describes what each person who gave a label that counts has given, and the habits that show; most labels first. */
export async function describeAnnotators(
  projectId: string,
  labels: readonly ConvertibleLabel[],
): Promise<AnnotatorQuality[]> {
  const byPerson = new Map<string, ConvertibleLabel[]>();
  for (const label of labels) {
    const own = byPerson.get(label.annotatorId);
    if (own) own.push(label);
    else byPerson.set(label.annotatorId, [label]);
  }
  const ids = labels.map(({ id }) => id);
  // One label of each person says who the person is.
  const firsts = [...byPerson].flatMap(([, [label]]) => label?.id ?? []);
  const named = await database().label.findMany({ where: { id: { in: firsts } }, select: namedPersonSelect });
  const people = named.map((label) => ({ key: personKey(label), ...labelPerson(label) }));
  const [skips, timed, choices] = await Promise.all([
    database().taskSkip.groupBy({
      by: ["userId"],
      where: { userId: { in: people.flatMap(({ id }) => id ?? []) }, task: { projectId } },
      _count: { _all: true },
    }),
    database().$queryRaw<TimedRow[]>`
      SELECT ${personColumn} AS "person", (percentile_cont(0.5) WITHIN GROUP (ORDER BY "durationMs") / 1000)::float8 AS "medianSeconds",
             count(*) FILTER (WHERE "flagged")::int AS "flagged"
      FROM "Label" l WHERE "id" = ANY(${ids}::uuid[]) GROUP BY 1`,
    readChoices(ids),
  ]);
  return people
    .map(({ key, id, name, source }) => {
      const own = byPerson.get(key) ?? [];
      const chosen = choices.filter(({ person }) => person === key);
      const differing = chosen.filter(({ longer }) => longer !== null);
      const row = timed.find(({ person }) => person === key);
      return {
        id: key,
        userId: id,
        name,
        source,
        counts: countKinds(own),
        total: own.length,
        medianSeconds: row?.medianSeconds ?? null,
        skips: skips.find(({ userId }) => userId === id)?._count._all ?? 0,
        flagged: row?.flagged ?? 0,
        choseLeft: shareOf(chosen.filter(({ left }) => left).length, chosen.length),
        choseLonger: shareOf(differing.filter(({ longer }) => longer).length, differing.length),
      };
    })
    .sort((a, b) => b.total - a.total || a.name.localeCompare(b.name));
}

interface Choice {
  person: string;
  left: boolean;
  /** True where the longer completion was chosen; null where both are of one length. */
  longer: boolean | null;
}

/**
 * Reads, for each comparison with a choice, whether the chosen completion stood first on the page, and whether it was
 * the longer one.
 */
const readChoices = (labelIds: readonly string[]): Promise<Choice[]> =>
  database().$queryRaw<Choice[]>`
    SELECT ${personColumn} AS "person", p."position" = 0 AS "left",
           CASE WHEN length(chosen."content") <> length(rejected."content")
             THEN length(chosen."content") > length(rejected."content") END AS "longer"
    FROM "ComparisonLabel" c
    JOIN "Label" l ON l."id" = c."labelId"
    JOIN "LabelPresentation" p ON p."labelId" = c."labelId" AND p."completionId" = c."chosenCompletionId"
    JOIN "Completion" chosen ON chosen."id" = c."chosenCompletionId"
    JOIN "Completion" rejected ON rejected."id" = c."rejectedCompletionId"
    WHERE c."labelId" = ANY(${labelIds}::uuid[])`;

function countKinds(labels: readonly ConvertibleLabel[]): Partial<Record<LabelKind, number>> {
  const counts: Partial<Record<LabelKind, number>> = {};
  for (const { kind } of labels) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
