import { describe, expect, it } from "vitest";
import { mismatches } from "./mismatched-completions";

/** Examples whose prompts are named by letters; the first `training` of them may be borrowed from. */
const of = (prompts: string, batch: number[], training = prompts.length) => {
  const promptOf = (index: number) => [1, prompts.charCodeAt(index), 2];
  return mismatches(
    prompts.length,
    promptOf,
    Array.from({ length: training }, (_, index) => index),
  ).of(batch);
};

describe("mismatches", () => {
  it("takes the one before, and the last one for the first, where all prompts differ", () => {
    expect(of("abcd", [0, 1, 2, 3])).toEqual([3, 0, 1, 2]);
    expect(of("abcd", [2, 0])).toEqual([0, 2]);
  });

  it("passes over neighbours of the same prompt, also around the end", () => {
    expect(of("aabb", [0, 1, 2, 3])).toEqual([3, 3, 1, 1]);
    expect(of("abba", [0, 1, 2, 3])).toEqual([2, 0, 0, 2]);
    expect(of("abab", [0, 2, 1])).toEqual([1, 1, 2]);
  });

  it("borrows from the other training examples for a batch of one, and for a batch of one prompt", () => {
    expect(of("abc", [2])).toEqual([1]);
    expect(of("abc", [0])).toEqual([2]);
    expect(of("aabbc", [2, 3])).toEqual([1, 1]);
    expect(of("aabbc", [0, 1])).toEqual([4, 4]);
  });

  it("lets validation borrow from training, but nobody from validation", () => {
    expect(of("abcc", [2, 3], 2)).toEqual([1, 1]);
    expect(of("aacc", [0, 1], 2)).toEqual([null, null]);
    expect(of("abb", [2], 2)).toEqual([0]);
  });

  it("has nothing to give where all examples answer one prompt", () => {
    expect(of("aaa", [0, 1])).toEqual([null, null]);
    expect(of("a", [0])).toEqual([null]);
  });

  it("compares whole prompts: the digits of two token ids are not those of one", () => {
    const prompts = [[1, 23], [12, 3], [123]];
    expect(mismatches(3, (index) => prompts[index] as number[], [0, 1, 2]).of([0, 1, 2])).toEqual([2, 0, 1]);
  });
});
