import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CapabilitySuite } from "@/domain/evaluation/capability-suite";
import { loadBackend } from "../engine/backend";
import { goldensFolder } from "../fixtures/goldens";
import { type LoadedModel, loadModel } from "../models/load-model";
import { tokenizeExample } from "../tokenizer/tokenize-example";
import { evaluateCapability } from "./evaluate-capability";
import { scoreSequences } from "./score-sequences";

const END_OF_TURN = 2;

let loaded: LoadedModel;
beforeAll(async () => {
  await loadBackend();
  loaded = await loadModel(path.join(goldensFolder, "llama"), { name: "evaluated" });
});
afterAll(() => loaded.model.dispose());

const suite = (...questions: CapabilitySuite["questions"]): CapabilitySuite => ({
  name: "own",
  title: "Own",
  questions,
  practice: [],
});

/** Nats of the answer without the end of turn, computed independently. */
async function nats(question: string, answer: string): Promise<number> {
  const ids = tokenizeExample(loaded, {
    prompt: [{ role: "user", content: question }],
    completion: [{ role: "assistant", content: `Answer: ${answer}` }],
  });
  const [logProbs] = await scoreSequences(loaded.model, [ids]);
  const endOfTurn = ids.completionIds.length - ids.completionIds.lastIndexOf(END_OF_TURN);
  return logProbs!.slice(0, -endOfTurn).reduce((total, value) => total + value, 0);
}

describe("evaluateCapability", () => {
  it("takes the likeliest option, whichever place it has", async () => {
    const options = ["yes", "no, never, under no circumstances at all", "blåbær"];
    const scores = await Promise.all(options.map((option) => nats("Is it?", option)));
    const likeliest = options[scores.indexOf(Math.max(...scores))]!;
    for (const right of options) {
      const wrong = options.filter((option) => option !== right);
      const { answers, accuracy } = await evaluateCapability(loaded, suite(["Is it?", right, ...wrong]));
      expect(answers).toEqual([{ question: "Is it?", right, chosen: likeliest, isRight: right === likeliest }]);
      expect(accuracy).toMatchObject({ of: 1, count: right === likeliest ? 1 : 0 });
    }
  });

  it("keeps questions with different numbers of options apart", async () => {
    const asked = suite(["One?", "a", "b"], ["Two?", "c", "d", "e", "f"], ["Three?", "g", "h", "i"]);
    const { answers, accuracy } = await evaluateCapability(loaded, asked);
    asked.questions.forEach(([, ...options], i) => {
      expect(options).toContain(answers[i]?.chosen);
    });
    expect(accuracy.of).toBe(3);
    expect(accuracy.low).toBeLessThanOrEqual(accuracy.value!);
  });
});
