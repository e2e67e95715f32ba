import fc from "fast-check";
import { expect, it } from "vitest";
import { leftOutReasonSchema, sumLedger } from "@/domain/datasets/ledger";
import { buildRecords } from "./build-records";
import { type ExclusionColumns, type SnapshotLabel, takeSnapshot } from "./read-snapshot";

/** Draws labels at random as the database holds them: of every kind, corrected, taken back, of archived prompts. */
const KINDS = ["comparison", "ranking", "rating", "demonstration"] as const;
const TASKS = 8;
const PEOPLE = 4;
const CRITERIA = [
  { id: "helpful", weight: 3 },
  { id: "clear", weight: 1 },
];

const answer = fc.record({
  task: fc.nat({ max: TASKS - 1 }),
  annotator: fc.nat({ max: PEOPLE - 1 }),
  outcome: fc.constantFrom("first", "second", "tie", "both_bad"),
  strength: fc.constantFrom("significantly" as const, "negligibly" as const),
  ranks: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 3 }),
  scores: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 6, maxLength: 6 }),
  isRewrite: fc.boolean(),
  isCorrection: fc.boolean(),
  isWithdrawn: fc.boolean(),
});
const chosen = (count: number) => fc.subarray([...Array(count).keys()], { maxLength: 2 });
const drawn = fc.record({
  answers: fc.array(answer, { maxLength: 50 }),
  archived: chosen(TASKS),
  exclusions: fc.record({ labels: chosen(20), tasks: chosen(TASKS), annotators: chosen(PEOPLE) }),
});
type Drawn = typeof drawn extends fc.Arbitrary<infer Value> ? Value : never;

function toRow(given: Drawn["answers"][number], index: number, archived: number[]): SnapshotLabel {
  const kind = KINDS[given.task % KINDS.length] ?? "comparison";
  const labelId = `label-${index}`;
  const completionIds = ["a", "b", "c"].slice(0, kind === "comparison" ? 2 : 3).map((name) => `${given.task}-${name}`);
  const [first = "", second = ""] = completionIds;
  const isChoice = given.outcome === "first" || given.outcome === "second";
  return {
    id: labelId,
    kind,
    taskId: `task-${given.task}`,
    annotatorId: `person-${given.annotator}`,
    ...{ importId: null, sourceAnnotatorId: null },
    withdrawal: given.isWithdrawn ? { labelId } : null,
    supersededBy: null,
    task: {
      promptId: `prompt-${given.task}`,
      ...{ importId: null, sourceGroupId: null },
      completions: completionIds.map((completionId) => ({ completionId })),
      prompt: {
        archivedAt: archived.includes(given.task) ? new Date() : null,
        split: given.task % 3 === 0 ? "validation" : "train",
        taskType: "general",
      },
      rubric: { criteria: CRITERIA },
    },
    comparison:
      kind === "comparison"
        ? {
            labelId,
            outcome: isChoice ? "chosen" : given.outcome === "tie" ? "tie" : "both_bad",
            strength: isChoice ? given.strength : null,
            margin: null,
            chosenCompletionId: isChoice ? (given.outcome === "first" ? first : second) : null,
            rejectedCompletionId: isChoice ? (given.outcome === "first" ? second : first) : null,
          }
        : null,
    ranking: completionIds.map((completionId, place) => ({ completionId, rank: given.ranks[place] ?? 1 })),
    rating: completionIds.flatMap((completionId, place) =>
      CRITERIA.map(({ id }, at) => ({ completionId, criterionId: id, score: given.scores[2 * place + at] ?? 3 })),
    ),
    demonstration:
      kind === "demonstration"
        ? {
            completionId: `${labelId}-written`,
            rewriteOfCompletionId: given.isRewrite ? first : null,
            trainOnAllTurns: false,
            completion: { content: "text" },
            turns: [],
          }
        : null,
  };
}

function toRows({ answers, archived }: Drawn): SnapshotLabel[] {
  const rows: SnapshotLabel[] = [];
  for (const [index, given] of answers.entries()) {
    const row = toRow(given, index, archived);
    const earlier = rows.findLast(
      ({ taskId, annotatorId, supersededBy, withdrawal }) =>
        taskId === row.taskId && annotatorId === row.annotatorId && !supersededBy && !withdrawal,
    );
    if (given.isCorrection && earlier) earlier.supersededBy = { id: row.id };
    rows.push(row);
  }
  return rows;
}

const nothing: ExclusionColumns = { labelId: null, taskId: null, annotatorId: null };
const toExclusions = ({ exclusions: { labels, tasks, annotators } }: Drawn): ExclusionColumns[] => [
  ...labels.map((index) => ({ ...nothing, labelId: `label-${index}` })),
  ...tasks.map((index) => ({ ...nothing, taskId: `task-${index}` })),
  ...annotators.map((index) => ({ ...nothing, annotatorId: `person-${index}` })),
];

/** Says in another way than the code under test why a label may not even be looked at. */
function expectedReason(row: SnapshotLabel, { archived, exclusions: { labels, tasks, annotators } }: Drawn) {
  const reasons = [
    row.supersededBy && "superseded",
    row.withdrawal && "withdrawn",
    labels.some((index) => row.id === `label-${index}`) && "excluded_label",
    tasks.some((index) => row.taskId === `task-${index}`) && "excluded_task",
    annotators.some((index) => row.annotatorId === `person-${index}`) && "excluded_annotator",
    archived.some((index) => row.taskId === `task-${index}`) && "archived_prompt",
  ];
  return reasons.find((reason) => reason) || null;
}
const AT_CONVERSION = ["tie", "even_split", "outvoted", "no_strict_order", "below_threshold"];

it("accounts for every label of any set: exported = used + left out, each with its reason", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(drawn, (set) => {
      const rows = toRows(set);
      const { records, ledger } = buildRecords(takeSnapshot(rows, toExclusions(set)));
      const { exported, used, leftOut } = sumLedger(ledger);
      expect(exported).toBe(rows.length);
      expect(used + leftOut.reduce((sum, { count }) => sum + count, 0)).toBe(exported);

      const usedIds = new Set(ledger.flatMap((entry) => (entry.used ? entry.labelId : [])));
      for (const row of rows) {
        const entry = ledger.find(({ labelId }) => labelId === row.id);
        const expected = expectedReason(row, set);
        if (expected) expect(entry).toEqual({ labelId: row.id, used: false, reason: expected });
        else if (entry?.used) expect(entry.reason).toBeNull();
        else expect(AT_CONVERSION).toContain(entry?.reason);
        seen.add(entry?.reason ?? "used");
      }
      // The records hold nothing but used labels, every used label has a record, and a prompt stays on its side.
      expect(new Set(records.flatMap(({ labelIds }) => labelIds))).toEqual(usedIds);
      for (const { promptId, split } of records)
        expect(split).toBe(Number(promptId.split("-")[1]) % 3 === 0 ? "validation" : "train");
    }),
    { numRuns: 300, seed: 4 },
  );
  expect([...seen].sort(), "every outcome was drawn").toEqual([...leftOutReasonSchema.options, "used"].sort());
});
