import { expect, it } from "vitest";
import { promptHash } from "../datasets/split";
import { DEMO_PROJECT } from "./project";

it("has at least 60 different prompts over at least 6 task types", () => {
  const hashes = new Set(DEMO_PROJECT.prompts.map(({ text }) => promptHash([{ role: "user", content: text }])));
  expect(hashes.size).toBe(DEMO_PROJECT.prompts.length);
  expect(hashes.size).toBeGreaterThanOrEqual(60);
  expect(new Set(DEMO_PROJECT.prompts.map(({ taskType }) => taskType)).size).toBeGreaterThanOrEqual(6);
});
