import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { withTestDatabase } from "../database/test-database";
import { makeProject, makeRun, withTestQueue } from "../jobs/test-loop";
import { dataPath } from "../storage/data-folder";
import { readRunFolder } from "./read-run-folder";

withTestDatabase();
withTestQueue();

it("says where the records went and which checkpoints there are", async () => {
  const project = await makeProject();
  const run = await makeRun(project);
  const read = () => readRunFolder({ projectId: project.projectId, runId: run.id });
  expect(await read()).toEqual({ ledger: null, checkpoints: [] });

  const folder = dataPath(run.folder);
  for (const [step, size] of [
    [5, 10],
    [10, 20],
  ] as const) {
    const checkpoint = path.join(folder, "checkpoints", `step-${step}`);
    await mkdir(checkpoint, { recursive: true });
    await writeFile(path.join(checkpoint, "state"), "x".repeat(size));
  }
  const leftOut = [{ reason: "too-long", message: "longer than 64 tokens", count: 2, lines: ["a.jsonl:1"] }];
  // As an earlier trainer wrote it: without odd records and lengths.
  const ledger = { dataset: "/somewhere", records: 12, train: 8, validation: 2, leftOut };
  await writeFile(path.join(folder, "ledger.json"), JSON.stringify(ledger));
  expect(await read()).toEqual({
    ledger: { records: 12, train: 8, validation: 2, leftOut, odd: [], lengths: null },
    checkpoints: [
      { step: 10, sizeBytes: 20 },
      { step: 5, sizeBytes: 10 },
    ],
  });
});
