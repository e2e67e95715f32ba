import { describe, expect, it } from "vitest";
import { confirmOrder, move, orderOf, place, rankingOf, startRanking, toggleTie } from "./ranking-answer";

const start = startRanking(["a", "b", "c", "d"]);
const ranks = (answer: typeof start) =>
  Object.fromEntries((rankingOf(answer)?.ranks ?? []).map(({ completionId, rank }) => [completionId, rank]));

describe("ranking by moves", () => {
  it("says nothing until something was moved or confirmed", () => {
    expect(rankingOf(start)).toBeNull();
    expect(ranks(confirmOrder(start))).toEqual({ a: 1, b: 2, c: 3, d: 4 });
  });

  it("moves up and down and stops at the ends", () => {
    expect(orderOf(move(start, "c", -1))).toEqual(["a", "c", "b", "d"]);
    expect(orderOf(move(start, "a", 1))).toEqual(["b", "a", "c", "d"]);
    expect(move(start, "a", -1)).toBe(start);
    expect(move(start, "d", 1)).toBe(start);
  });

  it("ties with the one above, three and more too, and leaves the tie again", () => {
    const tied = toggleTie(toggleTie(start, "b"), "c");
    expect(ranks(tied)).toEqual({ a: 1, b: 1, c: 1, d: 2 });
    expect(ranks(toggleTie(tied, "b"))).toEqual({ a: 1, c: 1, b: 2, d: 3 });
    expect(ranks(move(tied, "c", -1))).toEqual({ c: 1, a: 2, b: 2, d: 3 });
    expect(toggleTie(start, "a")).toBe(start);
  });

  it("places where a drag ends", () => {
    expect(orderOf(place(start, "a", "c"))).toEqual(["b", "c", "a", "d"]);
    expect(orderOf(place(start, "d", "b"))).toEqual(["a", "d", "b", "c"]);
    expect(place(start, "b", "b")).toBe(start);
    expect(ranks(place(toggleTie(start, "b"), "d", "b"))).toEqual({ d: 1, a: 2, b: 2, c: 3 });
  });
});
