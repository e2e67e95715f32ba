import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadBackend } from "../engine/backend";
import { goldensFolder } from "../fixtures/goldens";
import { trainRun, writeRecords } from "../fixtures/train-run";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-sft-"));
  await loadBackend();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const demonstrations = path.join(goldensFolder, "demonstrations.jsonl");
let runs = 0;
const train = (changes: object) =>
  trainRun(path.join(folder, `run-${runs++}`), { method: "sft", dataset: demonstrations, ...changes });
const turn = (role: string, content: string) => ({ role, content });

describe("SFT", () => {
  it("gives the same steps packed as unpacked", async () => {
    const changes = { maxSteps: 4, batchSize: 12 };
    const plain = await train(changes);
    const packed = await train({ ...changes, packing: true, packingLength: 200, microBatchSize: 2 });
    expect(packed.steps).toHaveLength(4);
    packed.steps.forEach(({ loss, gradNorm }, step) => {
      const expected = plain.steps[step] ?? {};
      expect(Math.abs((loss ?? 0) - (expected.loss ?? Number.NaN))).toBeLessThan(1e-5);
      expect((gradNorm ?? 0) / (expected.gradNorm ?? Number.NaN)).toBeCloseTo(1, 4);
    });
  });

  it("learns the last answer, every answer, or all of a conversation", async () => {
    const messages = [
      turn("user", "What is up?"),
      turn("assistant", "The sky."),
      turn("user", "And down?"),
      turn("assistant", "The ground, mostly."),
    ];
    const dataset = await writeRecords(path.join(folder, "chats.jsonl"), [{ messages }, { messages }]);
    const lossOf = async (changes: object) =>
      (await train({ dataset, maxSteps: 1, batchSize: 1, ...changes })).steps[0]?.loss ?? Number.NaN;
    const [last, every, everything] = [
      await lossOf({}),
      await lossOf({ lossOn: "assistantTurns" }),
      await lossOf({ lossOn: "everything" }),
    ];
    // The loss of the first answer alone, and its tokens, tell how the two answers must weigh in their mean.
    const first = await writeRecords(path.join(folder, "first.jsonl"), [
      { messages: messages.slice(0, 2) },
      { messages: messages.slice(0, 2) },
    ]);
    const onlyFirst = await lossOf({ dataset: first });
    expect(every).toBeGreaterThan(Math.min(last, onlyFirst));
    expect(every).toBeLessThan(Math.max(last, onlyFirst));
    expect(new Set([last, every, everything]).size).toBe(3);
    expect(await lossOf({ completionOnlyLoss: false })).toBe(everything);
    const resolved = JSON.parse(await readFile(path.join(folder, `run-${runs - 1}`, "run.json"), "utf8"));
    expect(resolved.lossOn).toBe("everything");
  });

  it("reads instructions, texts and messages as one and the same demonstration", async () => {
    const records = [
      { instruction: "Add the numbers.", input: "1 and 2", output: "3" },
      { prompt: "Add the numbers.\n\n1 and 2", completion: "3" },
      { messages: [turn("user", "Add the numbers.\n\n1 and 2"), turn("assistant", "3")] },
    ];
    const dataset = await writeRecords(path.join(folder, "formats.jsonl"), records);
    const { events, steps } = await train({ dataset, batchSize: 1, epochs: 1, lora: { rank: 1 }, learningRate: 1e-12 });
    expect(events.find(({ type }) => type === "resolved")).toMatchObject({ ledger: { records: 3, train: 3 } });
    expect(new Set(steps.map(({ loss }) => loss?.toFixed(6))).size).toBe(1);
  });

  it("refuses two spellings that contradict each other", async () => {
    await expect(train({ completionOnlyLoss: false, lossOn: "assistantTurns" })).rejects.toMatchObject({
      userMessage: expect.stringMatching(/completionOnlyLoss: false means lossOn "everything"/),
    });
  });
});
