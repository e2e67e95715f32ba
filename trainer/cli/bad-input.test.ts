import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { CommanderError } from "commander";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { isDomainError } from "@/domain/errors";
import { LOCK_FILE } from "../file-formats/hold-folder";
import { goldensFolder } from "../fixtures/goldens";
import { createProgram } from "./program";

const llama = path.join(goldensFolder, "llama");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-bad-input-"));
  const files = {
    "pairs.jsonl": '{"prompt": [{"role": "user", "content": "Hi"}]}\n',
    "cut.jsonl": '{"ids": [1, 2]}\n{"ids": [1,\n',
    "words.jsonl": '{"ids": ["one"]}\n',
    "large.jsonl": '{"ids": [1, 99999]}\n',
    "cut.json": '{"method": "sft",\n"dataset": }',
    "list.json": "[]",
    "method.json": '{"method": "dop", "dataset": "pairs.jsonl"}',
    "run.json": '{"method": "dpo", "dataset": "pairs.jsonl"}',
    "number.json": '{"method": "dpo", "dataset": "pairs.jsonl",\n"learningRate": -1}',
    "key.json": '{"method": "dpo",\n "dataset": "pairs.jsonl",\n "betta": 1}',
    "text.json": '{"method": "dpo",\n "dataset": "pairs.jsonl",\n "beta": "1"}',
    "no-data.json": JSON.stringify({ method: "dpo", model: llama, dataset: "none.jsonl" }),
    "no-model.json": JSON.stringify({
      method: "dpo",
      model: "./nothing",
      dataset: path.join(goldensFolder, "preferences.jsonl"),
    }),
    "no-chosen.json": JSON.stringify({ method: "dpo", model: llama, dataset: "pairs.jsonl" }),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  await mkdir(path.join(folder, "held"));
  const holder = { pid: process.pid, host: hostname(), started: null };
  await writeFile(path.join(folder, "held", LOCK_FILE), JSON.stringify(holder));
  await mkdir(path.join(folder, "taken"));
  await writeFile(path.join(folder, "taken", "photo.png"), "");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Calls a command in this process and gives what a person would read; `@name` stands for a file of the folder. */
async function refusal(call: string): Promise<{ said: string; printed: string }> {
  const printed: string[] = [];
  const errors: string[] = [];
  const program = createProgram();
  for (const one of [program, ...program.commands]) {
    one.exitOverride().configureOutput({ writeErr: (text) => errors.push(text) });
  }
  const output = vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  const args = call.split(" ").map((word) => word.replace(/^@/, `${folder}/`).replace(/^golden:/, `${goldensFolder}/`));
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      expect(error.exitCode).toBe(1);
      return { said: errors.join(""), printed: printed.join("") };
    }
    if (isDomainError(error)) return { said: `error: ${error.userMessage}\n`, printed: printed.join("") };
    throw error;
  } finally {
    output.mockRestore();
  }
  throw new Error(`${call}: was not refused`);
}

describe("bad input", () => {
  it.each([
    // train
    ["train @nothing.json --out @out", "nothing.json: can't be read"],
    ["train @cut.json --out @out", "cut.json:2: not valid JSON"],
    ["train @list.json --out @out", "list.json: the run must be an object with the keys method, model and dataset"],
    ["train @method.json --out @out", 'method.json:1: method must be one of sft, .* (got "dop")'],
    ["train @number.json --out @out", "number.json:2: learningRate: expected number to be >0 (got -1)"],
    ["train @key.json --out @out", 'key.json:3: betta: no such key for method dpo (did you mean "beta"?)'],
    ["train @text.json --out @out", 'text.json:3: beta: .* (got "1")'],
    ["train @no-data.json --out @out", "none.jsonl: no such file or folder"],
    ["train @no-model.json --out @out", "nothing: is not a model"],
    ["train @no-chosen.json --out @out", "pairs.jsonl:1: .* (--skip-bad-rows leaves such rows out and counts them)"],
    ["train @run.json --out @held", "held: process .* writes a run into it; wait for it, or name another folder"],
    ["train @run.json --out @held --resume", "held: process .* writes a run into it"],
    ["train @run.json", "required option '--out <dir>' not specified"],
    ["train --out @out", "missing required argument 'RUN.json'"],
    // sweep
    ["sweep @run.json --vary betta=1 --out @out", "run.json with betta=1: betta: no such key"],
    ["sweep @run.json --vary beta=0.1,no --out @out", 'run.json with beta=no: beta: .* (got "no")'],
    ["sweep @run.json --vary beta --out @out", "--vary beta: it should be KEY=VALUE"],
    ["sweep @run.json --vary beta=x --out @out", 'run.json with beta=x: beta: .* (got "x")'],
    ["sweep @run.json --vary beta=0.1 --out @held", "held: process .* writes a sweep into it"],
    ["sweep @run.json --out @out", "required option '--vary <key=values>' not specified"],
    ["sweep @no-data.json --vary beta=0.1 --out @out", "no-data.json: dataset: .*none.jsonl can't be read"],
    ["sweep @cut.json --vary beta=0.1 --out @out", "cut.json:2: not valid JSON"],
    // score and generate
    [`score --model ${llama} --input @nothing.jsonl`, "nothing.jsonl: no such file"],
    [`score --model ${llama} --input @cut.jsonl`, "cut.jsonl:2: not valid JSON"],
    [`score --model ${llama} --input @words.jsonl`, "words.jsonl:1: ids.0: expected number"],
    [`score --model ${llama} --input @large.jsonl`, "large.jsonl:1: ids: .*99999"],
    [`score --model ${llama} --input @pairs.jsonl`, "pairs.jsonl:1: completion: it is missing"],
    ["score --model @nothing --input @large.jsonl", "nothing: is not a model"],
    [
      `score --model ${llama} --adapter @taken --input @large.jsonl`,
      "taken/adapter_config.json: there is no such file",
    ],
    [`generate --model ${llama} --input @pairs.jsonl --max-tokens 0`, "--max-tokens <n>' .* It must be at least 1."],
    [`generate --model ${llama} --input @pairs.jsonl --samples 1.5`, "--samples <n>' .* It must be a whole number."],
    [`generate --model ${llama} --input @pairs.jsonl --top-p high`, "--top-p <p>' argument 'high' .* a number."],
    [`generate --model ${llama} --input @pairs.jsonl --top-p 2`, "topP should be"],
    [`generate --model ${llama} --input @pairs.jsonl --temperature -1`, "temperature should be between 0 and 10"],
    [`generate --model ${llama} --input @pairs.jsonl --best-of 2`, "--best-of: needs --reward-model M"],
    [`generate --model golden:llama-reward --input @pairs.jsonl`, "llama-reward: is a reward model"],
    // report, evaluate
    [`report --model ${llama} --dataset @pairs.jsonl`, "pairs.jsonl:1: "],
    ["report --model golden:llama-reward --dataset @nothing", "nothing: no such file or folder"],
    [`evaluate --model ${llama} --suites music`, "--suites <names...>' argument 'music' .* Allowed choices are math"],
    // exchange
    ["import --model @nothing", "nothing: is not a model"],
    [`import --model ${llama} --to @taken`, "taken: "],
    [`export --model ${llama} --format gguf --to @taken`, "taken: already holds other files"],
    [`export --model ${llama} --format onnx --to @out`, "--format <format>' argument 'onnx' .* Allowed choices are"],
    [`export --model ${llama} --format gguf --dtype BF64 --to @out`, "--dtype <type>' argument 'BF64'"],
    [
      `export --model ${llama} --format safetensors --dtype Q8_0 --to @out`,
      "dtype: safetensors is not written in Q8_0",
    ],
    [`export --model ${llama} --format safetensors --max-shard-size big --to @out`, "--max-shard-size <size>' .* 5GB"],
    [
      `export --model ${llama} --format gguf --max-shard-size 1GB --to @out`,
      "max-shard-size: only safetensors are split",
    ],
    // bench and the rest
    ["bench --only cooking", "cooking is none of sft, reward"],
    ["bench --steps 0", "--steps <n>' argument '0' is invalid. It must be at least 1."],
    ["doctor --jason", "unknown option '--jason'"],
    ["trian @run.json", "unknown command 'trian'"],
  ])("%s", async (call, message) => {
    const before = (await readdir(folder)).sort();
    const { said, printed } = await refusal(call);
    const pattern = message
      .split(".*")
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*");
    expect(said).toMatch(new RegExp(`^error: [^\\n]*${pattern}[^\\n]*\\n$`));
    expect(printed).toBe("");
    expect((await readdir(folder)).sort()).toEqual(before);
  });
});
