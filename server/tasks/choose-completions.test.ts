import { describe, expect, it } from "vitest";
import { type Candidate, chooseCompletions } from "./choose-completions";

const written = (texts: string[], generationId: string | null = "now"): Candidate[] =>
  texts.map((content, index) => ({ id: `${generationId} ${index}`, content, generationId }));
const contents = (chosen: Candidate[] | null) => chosen?.map(({ content }) => content);

describe("chooseCompletions", () => {
  it("takes different texts, the oldest first, as many as the kind needs", () => {
    const candidates = written(["one", " one\n", "two", "three"]);
    expect(contents(chooseCompletions("comparison", candidates))).toEqual(["one", "two"]);
    expect(contents(chooseCompletions("ranking", candidates))).toEqual(["one", "two", "three"]);
    expect(chooseCompletions("ranking", candidates.slice(0, 3))).toBeNull();
    expect(chooseCompletions("demonstration", candidates)).toEqual([]);
  });

  it("takes those of the latest generation", () => {
    const candidates = [
      ...written(["old", "older"], "before"),
      ...written(["by hand"], null),
      ...written(["new", "x"]),
    ];
    expect(contents(chooseCompletions("comparison", candidates))).toEqual(["new", "x"]);
  });

  it("passes over one without text, whose label could teach nothing", () => {
    expect(contents(chooseCompletions("comparison", written(["", "one", " \n", "two"])))).toEqual(["one", "two"]);
    expect(chooseCompletions("comparison", written(["", "one"]))).toBeNull();
    expect(chooseCompletions("rating", written([" "]))).toBeNull();
  });
});
