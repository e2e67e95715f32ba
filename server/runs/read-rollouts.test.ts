import { appendFile, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { ROLLOUTS_FILE, type Rollout } from "@/domain/runs/rollouts";
import { withTestDatabase } from "../database/test-database";
import { makeProject, makeRun, withTestQueue } from "../jobs/test-loop";
import { dataPath } from "../storage/data-folder";
import { readRollouts } from "./read-rollouts";

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
  const read = (iteration?: number) => readRollouts({ projectId: project.projectId, runId: run.id, iteration });
  return { read, file: path.join(folder, ROLLOUTS_FILE) };
}

it("gives one iteration, the newest by default, highest score first", async () => {
  const { read, file } = await makeRolloutFile();
  expect(await read()).toEqual({ iterations: [], iteration: null, count: 0, rollouts: [] });

  const long = "é".repeat(100_000); // longer than what is read at once
  const rows = [rollout(1, 0), rollout(1, 2), rollout(2, -1), rollout(2, 3, long), rollout(2, 1)];
  await writeFile(file, rows.map(lineOf).join(""));
  const newest = await read();
  expect(newest).toMatchObject({ iterations: [1, 2], iteration: 2, count: 3 });
  expect(newest.rollouts).toEqual([rows[3], rows[4], rows[2]]);
  expect(await read(1)).toMatchObject({ iterations: [1, 2], iteration: 1, rollouts: [rows[1], rows[0]] });
  expect(await read(9)).toEqual({ iterations: [1, 2], iteration: 9, count: 0, rollouts: [] });
});

it("passes over a line that is still being written, and names one that is broken", async () => {
  const { read, file } = await makeRolloutFile();
  await writeFile(file, lineOf(rollout(1, 0)) + lineOf(rollout(2, 0)).slice(0, 60));
  expect(await read()).toMatchObject({ iterations: [1], iteration: 1, count: 1 });

  await appendFile(file, "\n");
  await expect(read()).rejects.toThrow(`${ROLLOUTS_FILE}:2: not valid JSON`);
  await writeFile(file, lineOf(rollout(1, 0)) + lineOf({ ...rollout(1, 0), score: "high" }));
  await expect(read()).rejects.toThrow(`${ROLLOUTS_FILE}:2: score: `);
});
