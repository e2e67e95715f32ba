import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Comparison, comparisonProblem } from "./comparison";
import { convertLabels } from "./convert";
import type { ConvertibleLabel } from "./kinds";
import { rankingProblem } from "./ranking";
import { ratingProblem } from "./rating";

const uuid = (n: number) => `00000000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
const [A, B, C] = [uuid(101), uuid(102), uuid(103)];
const HELPFUL = uuid(201);
const CLEAR = uuid(202);
const TASK = uuid(1);
const stored = (id: number, task = TASK, completionIds = [A, B]) => ({
  id: uuid(1000 + id),
  taskId: task,
  promptId: uuid(900),
  annotatorId: uuid(500 + id),
  completionIds,
});
const compare = (id: number, comparison: Comparison): ConvertibleLabel => ({
  ...stored(id),
  kind: "comparison",
  comparison,
});
const choose = (
  id: number,
  chosen: string,
  strength: "significantly" | "clearly" | "slightly" | "negligibly" = "clearly",
) =>
  compare(id, { outcome: "chosen", chosenCompletionId: chosen, rejectedCompletionId: chosen === A ? B : A, strength });
const rank = (id: number, ranks: [string, number][]): ConvertibleLabel => ({
  ...stored(id, TASK, [A, B, C]),
  kind: "ranking",
  ranking: { ranks: ranks.map(([completionId, value]) => ({ completionId, rank: value })) },
});
const rate = (
  id: number,
  scores: [string, string, number][],
  weights: Record<string, number> = { [HELPFUL]: 1, [CLEAR]: 1 },
): ConvertibleLabel => ({
  ...stored(id),
  kind: "rating",
  weights,
  rating: { scores: scores.map(([completionId, criterionId, score]) => ({ completionId, criterionId, score })) },
});

describe("comparisons", () => {
  it.each([
    ["significantly", 1],
    ["clearly", 2 / 3],
    ["slightly", 1 / 3],
    ["negligibly", 0],
  ] as const)("%s better gives margin %f", (strength, margin) => {
    const { records, used } = convertLabels([choose(1, B, strength)]);
    expect(records).toEqual([
      expect.objectContaining({
        kind: "preference",
        chosenCompletionId: B,
        rejectedCompletionId: A,
        margin,
        labelIds: [uuid(1001)],
      }),
    ]);
    expect(used).toEqual([uuid(1001)]);
  });

  it("gives no pair for a tie and says so", () => {
    expect(convertLabels([compare(1, { outcome: "tie" })])).toEqual({
      records: [],
      used: [],
      leftOut: [{ labelId: uuid(1001), reason: "tie" }],
    });
  });

  it("gives two undesirable completions for both bad", () => {
    const { records } = convertLabels([compare(1, { outcome: "both_bad" })]);
    expect(records.map((record) => record.kind === "unpaired" && [record.completionId, record.desirable])).toEqual([
      [A, false],
      [B, false],
    ]);
  });

  it("follows the majority, averages its margins and names the outvoted", () => {
    const { records, used, leftOut } = convertLabels([
      choose(1, A, "significantly"),
      choose(2, A, "slightly"),
      choose(3, B),
    ]);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      chosenCompletionId: A,
      margin: 2 / 3,
      labelIds: [uuid(1001), uuid(1002)],
      votes: { for: 2, against: 1 },
    });
    expect(used).toEqual([uuid(1001), uuid(1002)]);
    expect(leftOut).toEqual([{ labelId: uuid(1003), reason: "outvoted" }]);
  });

  it("leaves out an even split", () => {
    const { records, leftOut } = convertLabels([choose(1, A), choose(2, B)]);
    expect(records).toEqual([]);
    expect(leftOut.map((entry) => entry.reason)).toEqual(["even_split", "even_split"]);
  });

  it("refuses a choice from outside the task", () => {
    expect(
      comparisonProblem({ outcome: "chosen", chosenCompletionId: C, rejectedCompletionId: A, strength: "clearly" }, [
        A,
        B,
      ]),
    ).toMatch(/not part/);
    expect(comparisonProblem({ outcome: "tie" }, [A, B])).toBeNull();
  });
});

describe("rankings", () => {
  it("gives every strictly ordered pair, margin = gap ÷ (K − 1), in one group", () => {
    const { records } = convertLabels([
      rank(1, [
        [A, 1],
        [B, 2],
        [C, 3],
      ]),
    ]);
    expect(
      records.map(
        (r) => r.kind === "preference" && [r.chosenCompletionId, r.rejectedCompletionId, r.margin, r.groupId],
      ),
    ).toEqual([
      [A, B, 0.5, TASK],
      [A, C, 1, TASK],
      [B, C, 0.5, TASK],
    ]);
  });

  it("leaves tied completions unpaired", () => {
    const { records } = convertLabels([
      rank(1, [
        [A, 1],
        [B, 1],
        [C, 2],
      ]),
    ]);
    expect(records.map((r) => r.kind === "preference" && [r.chosenCompletionId, r.rejectedCompletionId])).toEqual([
      [A, C],
      [B, C],
    ]);
  });

  it("counts a ranking of ties only as no strict order", () => {
    expect(
      convertLabels([
        rank(1, [
          [A, 1],
          [B, 1],
          [C, 1],
        ]),
      ]).leftOut,
    ).toEqual([{ labelId: uuid(1001), reason: "no_strict_order" }]);
  });

  it("goes pair by pair with the majority of several annotators", () => {
    const { records, used } = convertLabels([
      rank(1, [
        [A, 1],
        [B, 2],
        [C, 3],
      ]),
      rank(2, [
        [A, 1],
        [C, 2],
        [B, 3],
      ]),
      rank(3, [
        [B, 1],
        [A, 2],
        [C, 3],
      ]),
    ]);
    expect(records.map((r) => r.kind === "preference" && [r.chosenCompletionId, r.rejectedCompletionId])).toEqual([
      [A, B],
      [A, C],
      [B, C],
    ]);
    // A over B: gaps 1, 2, −1 → mean 2/3, of K − 1 = 2
    expect(records[0]).toMatchObject({ margin: expect.closeTo(1 / 3, 12), votes: { for: 2, against: 1 } });
    expect(used).toHaveLength(3);
  });

  it("refuses gaps, doubles and strangers", () => {
    expect(
      rankingProblem(
        {
          ranks: [
            { completionId: A, rank: 1 },
            { completionId: B, rank: 3 },
          ],
        },
        [A, B],
      ),
    ).toMatch(/gap/);
    expect(
      rankingProblem(
        {
          ranks: [
            { completionId: A, rank: 1 },
            { completionId: A, rank: 2 },
          ],
        },
        [A, B],
      ),
    ).toMatch(/twice/);
    expect(
      rankingProblem(
        {
          ranks: [
            { completionId: A, rank: 1 },
            { completionId: C, rank: 2 },
          ],
        },
        [A, B],
      ),
    ).toMatch(/exactly/);
  });
});

describe("ratings", () => {
  it("weights the criteria, pairs from a gap of 1, margin = gap ÷ 4", () => {
    const weights = { [HELPFUL]: 3, [CLEAR]: 1 };
    const { records } = convertLabels([
      rate(
        1,
        [
          [A, HELPFUL, 5],
          [A, CLEAR, 3],
          [B, HELPFUL, 3],
          [B, CLEAR, 3],
        ],
        weights,
      ),
    ]);
    // A: (3·5 + 3) ÷ 4 = 4.5; B: 3
    expect(records).toEqual([
      expect.objectContaining({
        kind: "preference",
        chosenCompletionId: A,
        rejectedCompletionId: B,
        margin: 1.5 / 4,
        votes: { for: 1, against: 0 },
      }),
      expect.objectContaining({ kind: "unpaired", completionId: A, desirable: true }),
    ]);
  });

  it("marks 2 and less as undesirable and leaves out what says nothing", () => {
    const low = convertLabels([
      rate(1, [
        [A, HELPFUL, 2],
        [A, CLEAR, 2],
        [B, HELPFUL, 2],
        [B, CLEAR, 3],
      ]),
    ]);
    expect(low.records).toEqual([expect.objectContaining({ kind: "unpaired", completionId: A, desirable: false })]);
    const middling = convertLabels([
      rate(1, [
        [A, HELPFUL, 3],
        [A, CLEAR, 3],
        [B, HELPFUL, 3],
        [B, CLEAR, 3],
      ]),
    ]);
    expect(middling.leftOut).toEqual([{ labelId: uuid(1001), reason: "below_threshold" }]);
  });

  it("wants every cell once", () => {
    const scores = [{ completionId: A, criterionId: HELPFUL, score: 3 }];
    expect(ratingProblem({ scores }, [A], [HELPFUL])).toBeNull();
    expect(ratingProblem({ scores }, [A, B], [HELPFUL])).toMatch(/every completion/);
  });
});

describe("demonstrations", () => {
  const demonstrate = (id: number, rewriteOfCompletionId: string | null): ConvertibleLabel => ({
    ...stored(id),
    kind: "demonstration",
    completionId: C,
    demonstration: { content: "text", turns: [], trainOnAllTurns: false, rewriteOfCompletionId },
  });

  it("gives a record, and a pair besides for a rewrite", () => {
    expect(convertLabels([demonstrate(1, null)]).records.map((record) => record.kind)).toEqual(["demonstration"]);
    const rewritten = convertLabels([demonstrate(1, A)]).records;
    expect(rewritten[1]).toMatchObject({ kind: "preference", chosenCompletionId: C, rejectedCompletionId: A });
  });
});

describe("any set of labels", () => {
  const comparison = fc.oneof(
    fc
      .constantFrom(A, B)
      .chain((chosen) => fc.constantFrom("significantly" as const, "slightly" as const).map((s) => ({ chosen, s }))),
    fc.constantFrom("tie" as const, "both_bad" as const),
  );
  const ranking = fc.tuple(...[1, 2, 3].map(() => fc.integer({ min: 1, max: 3 })));
  const scores = fc.tuple(...[1, 2, 3, 4].map(() => fc.integer({ min: 1, max: 5 })));
  const label = fc.record({ task: fc.integer({ min: 1, max: 6 }), comparison, ranking, scores });

  it("names each label exactly once, as used or left out, and traces each record to used labels", () => {
    fc.assert(
      fc.property(fc.array(label, { maxLength: 40 }), (drawn) => {
        const labels = drawn.map(({ task, comparison: c, ranking: r, scores: s }, index): ConvertibleLabel => {
          const taskId = uuid(task);
          if (task <= 2) {
            const verdict: Comparison =
              typeof c === "string"
                ? { outcome: c }
                : {
                    outcome: "chosen",
                    chosenCompletionId: c.chosen,
                    rejectedCompletionId: c.chosen === A ? B : A,
                    strength: c.s,
                  };
            return { ...stored(index, taskId), kind: "comparison", comparison: verdict };
          }
          if (task <= 4) {
            const ranks = [A, B, C].map((completionId, k) => ({ completionId, rank: r[k] ?? 1 }));
            return { ...stored(index, taskId, [A, B, C]), kind: "ranking", ranking: { ranks } };
          }
          const cells = [A, B].flatMap((completionId, i) =>
            [HELPFUL, CLEAR].map((criterionId, j) => ({ completionId, criterionId, score: s[2 * i + j] ?? 3 })),
          );
          return {
            ...stored(index, taskId),
            kind: "rating",
            weights: { [HELPFUL]: 2, [CLEAR]: 1 },
            rating: { scores: cells },
          };
        });
        const { records, used, leftOut } = convertLabels(labels);
        const named = [...used, ...leftOut.map((entry) => entry.labelId)].sort();
        expect(named).toEqual(labels.map(({ id }) => id).sort());
        for (const record of records) {
          expect(record.labelIds.length).toBeGreaterThan(0);
          for (const id of record.labelIds) expect(used).toContain(id);
          if (record.kind === "preference") expect(record.margin).toBeGreaterThanOrEqual(0);
          if (record.kind === "preference") expect(record.margin).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("does not depend on the order in which labels arrive", () => {
    const labels = [choose(3, B), choose(1, A), choose(2, A), { ...choose(9, A), taskId: uuid(2) }];
    expect(convertLabels([...labels].reverse())).toEqual(convertLabels(labels));
  });
});
