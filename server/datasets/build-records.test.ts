import fc from "fast-check";
import { expect, it } from "vitest";
import { LedgerCounter, leftOutReasonSchema } from "@/domain/datasets/ledger";
import { buildRecords, toExcluded } from "./build-records";
import type { ExclusionColumns, SnapshotLabel, SnapshotTask } from "./read-snapshot";

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

const kindOf = (task: number) => KINDS[task % KINDS.length] ?? "comparison";
const completionsOf = (task: number) =>
  ["a", "b", "c"].slice(0, kindOf(task) === "comparison" ? 2 : 3).map((name) => `${task}-${name}`);

function toLabel(given: Drawn["answers"][number], index: number): SnapshotLabel {
  return {
    id: `label-${index}`,
    kind: kindOf(given.task),
    annotatorId: `person-${given.annotator}`,
    ...{ importId: null, sourceAnnotatorId: null },
    isWithdrawn: given.isWithdrawn,
    isSuperseded: false,
    answer: answerOf(given, `label-${index}`),
  };
}

/** The rows that keep the answer, as the database gives them. */
function answerOf(given: Drawn["answers"][number], labelId: string): object {
  const completionIds = completionsOf(given.task);
  const [first = "", second = ""] = completionIds;
  const isChoice = given.outcome === "first" || given.outcome === "second";
  switch (kindOf(given.task)) {
    case "comparison":
      return {
        labelId,
        outcome: isChoice ? "chosen" : given.outcome,
        strength: isChoice ? given.strength : null,
        margin: null,
        chosenCompletionId: isChoice ? (given.outcome === "first" ? first : second) : null,
        rejectedCompletionId: isChoice ? (given.outcome === "first" ? second : first) : null,
      };
    case "ranking":
      return completionIds.map((completionId, place) => ({ completionId, rank: given.ranks[place] ?? 1 }));
    case "rating":
      return completionIds.flatMap((completionId, place) =>
        CRITERIA.map(({ id }, at) => ({ completionId, criterionId: id, score: given.scores[2 * place + at] ?? 3 })),
      );
    case "demonstration":
      return {
        completionId: `${labelId}-written`,
        rewriteOfCompletionId: given.isRewrite ? first : null,
        trainOnAllTurns: false,
        completion: { content: "text" },
        turns: [],
      };
  }
}

function toTasks({ answers, archived }: Drawn): SnapshotTask[] {
  const tasks = Array.from(
    { length: TASKS },
    (_, task): SnapshotTask => ({
      id: `task-${task}`,
      ...{ importId: null, sourceGroupId: null },
      promptId: `prompt-${task}`,
      split: task % 3 === 0 ? "validation" : "train",
      taskType: "general",
      isArchived: archived.includes(task),
      completionIds: completionsOf(task),
      criteria: CRITERIA,
      labels: [],
    }),
  );
  for (const [index, given] of answers.entries()) {
    const label = toLabel(given, index);
    const labels = tasks[given.task]?.labels ?? [];
    const earlier = labels.findLast(
      ({ annotatorId, isSuperseded, isWithdrawn }) =>
        annotatorId === label.annotatorId && !isSuperseded && !isWithdrawn,
    );
    if (given.isCorrection && earlier) earlier.isSuperseded = true;
    labels.push(label);
  }
  return tasks;
}

const nothing: ExclusionColumns = { labelId: null, taskId: null, annotatorId: null };
const toExclusions = ({ exclusions: { labels, tasks, annotators } }: Drawn): ExclusionColumns[] => [
  ...labels.map((index) => ({ ...nothing, labelId: `label-${index}` })),
  ...tasks.map((index) => ({ ...nothing, taskId: `task-${index}` })),
  ...annotators.map((index) => ({ ...nothing, annotatorId: `person-${index}` })),
];

/** Says in another way than the code under test why a label may not even be looked at. */
function expectedReason(
  task: SnapshotTask,
  label: SnapshotLabel,
  { archived, exclusions: { labels, tasks, annotators } }: Drawn,
) {
  const reasons = [
    label.isSuperseded && "superseded",
    label.isWithdrawn && "withdrawn",
    labels.some((index) => label.id === `label-${index}`) && "excluded_label",
    tasks.some((index) => task.id === `task-${index}`) && "excluded_task",
    annotators.some((index) => label.annotatorId === `person-${index}`) && "excluded_annotator",
    archived.some((index) => task.id === `task-${index}`) && "archived_prompt",
  ];
  return reasons.find((reason) => reason) || null;
}
const AT_CONVERSION = ["tie", "even_split", "outvoted", "no_strict_order", "below_threshold"];

it("accounts for every label of any set: exported = used + left out, each with its reason", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(drawn, (set) => {
      const tasks = toTasks(set);
      const excluded = toExcluded(toExclusions(set));
      const built = tasks.map((task) => buildRecords(task, excluded));
      const [records, ledger] = [built.flatMap((one) => one.records), built.flatMap((one) => one.ledger)];
      const counter = new LedgerCounter();
      counter.add(ledger);
      const { exported, used, leftOut } = counter.sum();
      expect(exported).toBe(set.answers.length);
      expect(used + leftOut.reduce((sum, { count }) => sum + count, 0)).toBe(exported);

      const usedIds = new Set(ledger.flatMap((entry) => (entry.used ? entry.labelId : [])));
      for (const task of tasks)
        for (const label of task.labels) {
          const entry = ledger.find(({ labelId }) => labelId === label.id);
          const expected = expectedReason(task, label, set);
          if (expected) expect(entry).toEqual({ labelId: label.id, used: false, reason: expected });
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
