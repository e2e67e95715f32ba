import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { goldensFolder } from "./fixtures/goldens";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-cli-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the command line as `npm run --silent trainer -- …` does, in a process of its own, from another folder. */
function trainer(...args: string[]) {
  const script = path.resolve(import.meta.dirname, "../scripts/trainer.mjs");
  return spawnSync(process.execPath, [script, ...args], { cwd: folder, encoding: "utf8" });
}

// Each call is a process, and on a busy machine each takes its time.
describe("the command line", { timeout: 240_000 }, () => {
  it("trains, then generates with the adapter; standard output holds results alone", async () => {
    const run = { method: "dpo", model: `${goldensFolder}/llama`, dataset: `${goldensFolder}/preferences.jsonl` };
    await writeFile(
      path.join(folder, "RUN.json"),
      JSON.stringify({ ...run, maxSteps: 1, batchSize: 2, lora: { rank: 2 } }),
    );
    const trained = trainer("train", "RUN.json", "--out", "out", "--json");
    expect(trained).toMatchObject({ status: 0, stderr: expect.stringContaining("step 1/1: loss ") });
    expect(JSON.parse(trained.stdout)).toMatchObject({
      kind: "adapter",
      path: path.join(folder, "out", "adapter"),
      steps: 1,
      loss: expect.closeTo(Math.log(2), 3),
      evalLoss: null,
    });
    expect((await readdir(path.join(folder, "out"))).sort()).toEqual([
      "adapter",
      "checkpoints",
      "ledger.json",
      "metrics.jsonl",
      "run.json",
    ]);
    await writeFile(path.join(folder, "in.jsonl"), '{"prompt": [{"role": "user", "content": "Hi"}]}\n');
    const generated = trainer(
      "generate",
      "--model",
      "out/adapter",
      "--input",
      "in.jsonl",
      "--greedy",
      "--max-tokens",
      "3",
    );
    expect(generated.status).toBe(0);
    expect(
      generated.stdout
        .trim()
        .split("\n")
        .map((line) => Object.keys(JSON.parse(line))),
    ).toEqual([["ids", "text", "sample", "finished"]]); // three tokens cut it
  });

  it("exports a model, and imports it as what it is", () => {
    const model = `${goldensFolder}/gpt2`;
    const exported = trainer(
      "export",
      "--model",
      model,
      "--format",
      "gguf",
      "--dtype",
      "Q8_0",
      "--to",
      "gguf",
      "--json",
    );
    expect(exported).toMatchObject({ status: 0, stderr: expect.stringContaining("Writing model-Q8_0.gguf\n") });
    expect(JSON.parse(exported.stdout)).toMatchObject({
      to: path.join(folder, "gguf"),
      type: "Q8_0",
      parameters: 165_632,
    });
    const imported = trainer("import", "--model", "gguf", "--to", "copy");
    expect(imported.status).toBe(0);
    expect(imported.stdout).toMatch(/copy: a language model \(gpt2\), checked and complete\n {2}165,632 parameters, /);
    const refused = trainer("export", "--model", model, "--format", "peft", "--to", "peft");
    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toMatch(/error: format: there is no adapter[^\n]+\n$/);
  });

  it("refuses a wrong key in one line with exit status 1 and writes nothing", async () => {
    await writeFile(path.join(folder, "bad.json"), '{"method": "dpo",\n "dataset": "x.jsonl",\n "betta": 1}');
    const { status, stdout, stderr } = trainer("train", "bad.json", "--out", "bad");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^error: bad\.json:3: betta: no such key for method dpo \(did you mean "beta"\?\)\n$/);
    expect(await readdir(folder)).not.toContain("bad");
  });
});
