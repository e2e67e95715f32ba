import { describe, expect, it } from "vitest";
import { figuresOf } from "./run-figures";

describe("figuresOf", () => {
  it("takes the last step's loss, the best validation's figures, and the tokens by the seconds of all steps", () => {
    const figures = figuresOf([
      { step: 1, loss: 0.7, tokens: 100, seconds: 1 },
      { step: 1, evalLoss: 0.6, evalAccuracy: 0.75, evalMargin: 0.2 },
      { step: 2, loss: 0.5, tokens: 300, seconds: 3 },
      { step: 2, evalLoss: 0.65, evalAccuracy: 0.5, evalMargin: 0.3 },
    ]);
    expect(figures).toEqual({
      steps: 2,
      loss: 0.5,
      score: null,
      bestStep: 1,
      evalLoss: 0.6,
      evalAccuracy: 0.75,
      evalMargin: 0.2,
      tokensPerSecond: 100,
    });
  });

  it("has no figures of a run that did nothing, nor of a loss that is no number", () => {
    expect(figuresOf([])).toMatchObject({ steps: 0, loss: null, bestStep: null, tokensPerSecond: null });
    // JSON writes NaN as null.
    expect(figuresOf([{ step: 1, loss: null, tokens: 1, seconds: 1 }])).toMatchObject({ steps: 1, loss: null });
  });

  it("reads an iteration of PPO", () => {
    const row = { step: 3, "objective/scores": 1.5, "loss/policy_avg": -0.1, tokens: 10, seconds: 2 };
    expect(figuresOf([row])).toMatchObject({ steps: 3, loss: -0.1, score: 1.5, evalLoss: null, tokensPerSecond: 5 });
  });
});
