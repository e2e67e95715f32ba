import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { tQuantile } from "../statistics/t-quantile";
import type { Style } from "./davidson";
import { modelTable } from "./model-table";
import { placeable } from "./placeable";
import { turned, type Vote, type VoteOutcome } from "./vote";
import { winRate } from "./win-rate";

/** What statsmodels and scipy say (`scripts/verify-votes.py`). */
interface Told {
  models: Record<string, { value: number; error: number }>;
  styles: Record<string, { value: number; error: number }>;
}
type Case = { votes: Vote[]; plain: Told; styled: Told };
const reference: { withTies: Case; withoutTies: Case; winRate: { value: number; low: number; high: number } } =
  JSON.parse(readFileSync(path.join(import.meta.dirname, "fixtures/reference.json"), "utf8"));

const vote = (first: string, second: string, outcome: VoteOutcome, more: Partial<Vote> = {}): Vote => ({
  promptId: "p",
  voterId: "v",
  first,
  second,
  outcome,
  firstShownFirst: null,
  firstLength: 100,
  secondLength: 100,
  ...more,
});

describe("the win rate of one model against another", () => {
  it("tells wins, ties and losses, and is the share of the decided votes", () => {
    const votes = (["first", "first", "first", "second", "tie", "both-bad"] as const).map((outcome, place) =>
      vote("new", "old", outcome, { promptId: `p${place}` }),
    );
    expect(winRate(votes)).toMatchObject({
      wins: 3,
      losses: 1,
      ties: 1,
      bothBad: 1,
      value: 0.75,
      prompts: 6,
      people: 1,
    });
  });

  it("has the interval that statsmodels gives with clusters of prompts and of people", () => {
    const { value, low, high, speaksOf } = winRate(reference.withoutTies.votes);
    expect(value).toBeCloseTo(reference.winRate.value, 12);
    expect(low).toBeCloseTo(reference.winRate.low, 4);
    expect(high).toBeCloseTo(reference.winRate.high, 4);
    expect(speaksOf).toBe("other-people");
  });

  it("is turned round with the models", () => {
    const one = winRate(reference.withTies.votes);
    const other = winRate(reference.withTies.votes.map(turned));
    expect(other).toMatchObject({ wins: one.losses, losses: one.wins, ties: one.ties, bothBad: one.bothBad });
    expect(other.low).toBeCloseTo(1 - (one.high ?? Number.NaN), 12);
  });

  it("grows no narrower when every vote is given twice", () => {
    const { votes } = reference.withoutTies;
    const [once, twice] = [winRate(votes), winRate([...votes, ...votes])];
    expect(twice.low).toBeCloseTo(once.low ?? Number.NaN, 12);
    expect(twice.high).toBeCloseTo(once.high ?? Number.NaN, 12);
  });

  it("has no interval from one prompt, and no value where nobody preferred either", () => {
    expect(winRate([vote("a", "b", "first"), vote("a", "b", "second")])).toMatchObject({ value: 0.5, low: null });
    expect(winRate([vote("a", "b", "tie")])).toMatchObject({ value: null, low: null, ties: 1 });
    expect(winRate([])).toMatchObject({ value: null, prompts: 0 });
  });

  it("stays unsure where few prompts all say the same", () => {
    const votes = Array.from({ length: 40 }, (_, place) => vote("a", "b", "first", { promptId: `p${place % 4}` }));
    const { value, low, high } = winRate(votes);
    expect([value, high]).toEqual([1, 1]);
    expect(low).toBeLessThan(0.55);
  });
});

describe("the table of models", () => {
  const intervals = (told: Told["models"][string], degrees: number) => ({
    low: told.value - tQuantile(degrees) * told.error,
    high: told.value + tQuantile(degrees) * told.error,
  });
  for (const [name, one] of [
    ["with ties (Davidson)", reference.withTies],
    ["without ties (Bradley–Terry)", reference.withoutTies],
  ] as const)
    for (const [styled, styles] of [
      ["plain", []],
      ["styled", ["length", "position"]],
    ] as const)
      it(`is that of the reference ${name}, ${styled}`, () => {
        const table = modelTable(one.votes, [...styles] as Style[]);
        const told = one[styled];
        expect(table?.placed.map(({ model }) => model).sort()).toEqual(Object.keys(told.models).sort());
        const figures = [
          ...(table?.placed ?? []).map((figure) => [figure, told.models[figure.model]] as const),
          ...(table?.styles ?? []).map((figure) => [figure, told.styles[figure.style]] as const),
        ];
        expect(figures).toHaveLength(4 + styles.length);
        for (const [figure, expected] of figures) {
          if (!expected) throw new Error("The reference does not know this figure.");
          const { low, high } = intervals(expected, 11);
          expect(figure.value).toBeCloseTo(expected.value, 4);
          expect(figure.low).toBeCloseTo(low, 3);
          expect(figure.high).toBeCloseTo(high, 3);
        }
      });

  it("says why a model has no place: never beaten, never won, or apart from the others", () => {
    const votes = [
      vote("a", "b", "first"),
      vote("a", "b", "second"),
      vote("champion", "a", "first"),
      vote("b", "loser", "first"),
      vote("x", "y", "first"),
    ];
    expect(placeable(votes)).toEqual({
      placed: ["a", "b"],
      unplaced: [
        { model: "champion", reason: "never-beaten" },
        { model: "loser", reason: "never-won" },
        { model: "x", reason: "apart" },
        { model: "y", reason: "apart" },
      ],
    });
  });

  it("is none where one model won everything, or there is only one prompt", () => {
    expect(modelTable([vote("a", "b", "first"), vote("a", "b", "first", { promptId: "q" })])).toBeNull();
    expect(modelTable([vote("a", "b", "first"), vote("a", "b", "second")])).toBeNull();
    expect(modelTable([])).toBeNull();
  });

  it("leaves styles out where they and the models can't be told apart", () => {
    const votes = Array.from({ length: 20 }, (_, place) =>
      vote("a", "b", place % 3 ? "first" : "second", {
        promptId: `p${place}`,
        firstLength: 200,
        firstShownFirst: true,
      }),
    );
    expect(modelTable(votes)?.styles).toEqual([]);
  });
});

describe("95 % intervals over 1,000 draws of votes by people who differ, on prompts that differ", () => {
  const DRAWS = 1_000;
  const random = generator(16);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const MODELS = ["a", "b", "c"];
  const STRENGTH = { a: 0.5, b: 0, c: -0.5 } as const;

  /** Draws votes: each model suits each prompt and each person more or less. */
  function draw(models: readonly string[], prompts: number, people: number, each: number): Vote[] {
    const likings = (count: number, spread: number) =>
      Array.from({ length: count }, () => new Map(models.map((model) => [model, spread * normal()])));
    const [byPrompt, byPerson] = [likings(prompts, 0.6), likings(people, 0.2)];
    return byPrompt.flatMap((prompt, promptId) =>
      Array.from({ length: each }, () => {
        const voter = Math.floor(random() * people);
        const first = models[Math.floor(random() * models.length)] as "a";
        const second = models.filter((model) => model !== first)[Math.floor(random() * (models.length - 1))] as "a";
        const liking = (model: "a") => STRENGTH[model] + (prompt.get(model) ?? 0) + (byPerson[voter]?.get(model) ?? 0);
        const d = liking(first) - liking(second);
        const [one, two, tie] = [Math.exp(d / 2), Math.exp(-d / 2), 0.4];
        const drawn = random() * (one + two + tie);
        const outcome = drawn < one ? "first" : drawn < one + two ? "second" : "tie";
        return vote(first, second, outcome, { promptId: `p${promptId}`, voterId: `v${voter}` });
      }),
    );
  }
  const covered = (draws: number, one: () => boolean) =>
    Array.from({ length: draws }, one).filter(Boolean).length / draws;

  it("hold the truth of a win rate in 93 to 97 % of them", () => {
    const ofA = (votes: Vote[]) => winRate(votes.map((one) => (one.first === "a" ? one : turned(one))));
    const truth = ofA(draw(["a", "b"], 20_000, 3_000, 4)).value ?? Number.NaN;
    const share = covered(DRAWS, () => {
      const { low, high } = ofA(draw(["a", "b"], 80, 20, 3));
      return (low ?? 1) <= truth && truth <= (high ?? 0);
    });
    expect(share).toBeGreaterThanOrEqual(0.93);
    expect(share).toBeLessThanOrEqual(0.97);
  });

  it("hold the truth of a model's strength in 93 to 97 % of them", () => {
    const strength = (votes: Vote[]) => modelTable(votes, [])?.placed.find(({ model }) => model === "a");
    const truth = strength(draw(MODELS, 20_000, 3_000, 4))?.value ?? Number.NaN;
    const share = covered(DRAWS, () => {
      const told = strength(draw(MODELS, 80, 20, 4));
      return told !== undefined && told.low <= truth && truth <= told.high;
    });
    expect(share).toBeGreaterThanOrEqual(0.93);
    expect(share).toBeLessThanOrEqual(0.97);
  });
});

/** Draws uniformly from [0, 1) by a seed (mulberry32), so that a run of the tests can be repeated. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
