import { appendFile, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { ROLLOUTS_FILE, type Rollout } from "@/domain/runs/rollouts";
import { dataPath } from "../storage/data-folder";
import { withTestDatabase } from "../testing/test-database";
import { makeProject, makeRun, withTestQueue } from "../testing/test-loop";
import { readRollout, readRollouts } from "./read-rollouts";

withTestDatabase();
withTestQueue();

const rollout = (iteration: number, score: number, completion = `${iteration}: ${score}`): Rollout => ({
  iteration,
  prompt: [{ role: "user", content: "Say hi" }],
  completion,
  tokens: [{ text: completion, kl: 0.1, advantage: -0.5, value: null }],
  score,
  klSum: 0.1,
  length: 1,
  ended: true,
});
const lineOf = (row: unknown) => `${JSON.stringify(row)}\n`;

async function makeRolloutFile() {
  const project = await makeProject();
  const run = await makeRun(project);
  const folder = dataPath(run.folder);
  await mkdir(folder, { recursive: true });
  const read = (iteration?: number) => readRollouts({ actor: project.actor, runId: run.id, iteration });
  const one = (iteration: number, line: number) =>
    readRollout({ actor: project.actor, runId: run.id, iteration, line });
  return { read, one, file: path.join(folder, ROLLOUTS_FILE) };
}

it("gives one iteration, the newest by default, highest score first, and one rollout with its tokens", async () => {
  const { read, one, file } = await makeRolloutFile();
  expect(await read()).toEqual({ iterations: [], iteration: null, count: 0, rollouts: [] });

  const long = "é".repeat(1_000_000); // the line is longer than what is read at once
  const rows = [rollout(1, 0), rollout(1, 2), rollout(2, -1), rollout(2, 3, long), rollout(2, 1)];
  await writeFile(file, rows.map(lineOf).join(""));
  const newest = await read();
  expect(newest).toMatchObject({ iterations: [1, 2], iteration: 2, count: 3 });
  expect(newest.rollouts.map(({ line, score }) => [line, score])).toEqual([
    [4, 3],
    [5, 1],
    [3, -1],
  ]);
  expect(newest.rollouts[0]).toMatchObject({
    excerpt: "é".repeat(300),
    promptExcerpt: "Say hi",
    length: 1,
    ended: true,
  });
  expect(await one(2, 4)).toEqual(rows[3]);
  expect(await read(1)).toMatchObject({ iteration: 1, rollouts: [{ line: 2 }, { line: 1 }] });
  expect(await read(9)).toEqual({ iterations: [1, 2], iteration: 9, count: 0, rollouts: [] });
  await expect(one(1, 4)).rejects.toMatchObject({ code: "rollout-not-found" });
});

it("follows a file that grows, and notices one whose end was written anew", async () => {
  const { read, one, file } = await makeRolloutFile();
  const before = [rollout(1, 0), rollout(2, 0)].map(lineOf).join("");
  await writeFile(file, before);
  expect(await read()).toMatchObject({ iterations: [1, 2] });

  await appendFile(file, lineOf(rollout(3, 5)) + lineOf(rollout(3, 6)).slice(0, 30));
  expect(await read()).toMatchObject({ iterations: [1, 2, 3], count: 1 });
  await appendFile(file, lineOf(rollout(3, 6)).slice(30));
  expect(await read()).toMatchObject({ iterations: [1, 2, 3], count: 2, rollouts: [{ line: 4 }, { line: 3 }] });

  // The run was resumed after iteration 1; its file is longer than before, so that its size alone says nothing.
  const resumed = [rollout(1, 0), ...[7, 8, 9, 10, 11].map((score) => rollout(2, score, `again ${score}`))];
  await writeFile(file, resumed.map(lineOf).join(""));
  expect(await read()).toMatchObject({
    iterations: [1, 2],
    count: 5,
    rollouts: [{ score: 11, line: 6 }, {}, {}, {}, {}],
  });
  expect(await one(2, 2)).toEqual(resumed[1]);
});

it("passes over a line that is still being written, and names one that is broken", async () => {
  const { read, file } = await makeRolloutFile();
  await writeFile(file, lineOf(rollout(1, 0)) + lineOf(rollout(2, 0)).slice(0, 60));
  expect(await read()).toMatchObject({ iterations: [1], iteration: 1, count: 1 });

  await appendFile(file, "\n");
  await expect(read()).rejects.toThrow(`${ROLLOUTS_FILE}:2: not valid JSON`);
  await writeFile(file, lineOf(rollout(1, 0)) + lineOf({ ...rollout(1, 0), score: "high" }));
  await expect(read()).rejects.toThrow(`${ROLLOUTS_FILE}:2: score: `);
  await writeFile(file, lineOf({ score: 1 }));
  await expect(read()).rejects.toThrow(`${ROLLOUTS_FILE}:1: does not begin with its "iteration"`);
});
