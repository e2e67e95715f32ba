#!/usr/bin/env node
// The ratings of rated.jsonl as what the trainer reads. Into the folder that is named, or runs/short-answers:
//   pairs.jsonl             for a reward model: at most 8 pairs of an instruction, the clearest first
//   held-out-pairs.jsonl    all pairs of every fifth instruction, to measure it on
//   prompts.jsonl           for PPO: the instructions that the reward model learned from
//   held-out-prompts.jsonl  the others
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const folder = process.argv[2] ?? path.join("runs", "short-answers");
const PAIRS_OF_AN_INSTRUCTION = 8;

const lines = readFileSync(new URL("rated.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n");
const files = { pairs: [], "held-out-pairs": [], prompts: [], "held-out-prompts": [] };
lines.forEach((line, index) => {
  const { instruction, completions } = JSON.parse(line);
  const heldOut = index % 5 === 2;
  const prompt = [{ role: "user", content: instruction }];
  const written = completions.filter(({ text }) => text.trim() !== "");
  const turn = ({ text }) => [{ role: "assistant", content: text }];
  const pairs = written
    .flatMap((better) =>
      written
        .filter((worse) => better.rating > worse.rating)
        .map((worse) => ({
          apart: better.rating - worse.rating,
          pair: { prompt, chosen: turn(better), rejected: turn(worse) },
        })),
    )
    .sort((a, b) => b.apart - a.apart)
    .map(({ pair }) => pair);
  files[heldOut ? "held-out-prompts" : "prompts"].push({ prompt });
  if (heldOut) files["held-out-pairs"].push(...pairs);
  else files.pairs.push(...pairs.slice(0, PAIRS_OF_AN_INSTRUCTION));
});
mkdirSync(folder, { recursive: true });
for (const [name, records] of Object.entries(files)) {
  const file = path.join(folder, `${name}.jsonl`);
  writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  console.log(`${file}: ${records.length}`);
}
for (const name of ["reward.json", "ppo.json"]) copyFileSync(new URL(name, import.meta.url), path.join(folder, name));
