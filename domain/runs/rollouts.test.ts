import { expect, it } from "vitest";
import { rolloutSchema } from "./rollouts";

const rollout = {
  iteration: 1,
  prompt: [{ role: "user", content: "Say hi" }],
  completion: "hi",
  tokens: [{ text: "hi", kl: 0.1, advantage: -0.5, value: null }],
  score: 1,
  klSum: 0.1,
  length: 1,
  ended: true,
};

it("takes a rollout without a value model and refuses one without tokens", () => {
  expect(rolloutSchema.parse(rollout)).toEqual(rollout);
  expect(rolloutSchema.safeParse({ ...rollout, tokens: [] }).success).toBe(false);
  expect(rolloutSchema.safeParse({ ...rollout, iteration: 0 }).success).toBe(false);
});
