import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { database } from "../database/client";
import { dataPath } from "../storage/data-folder";
import { withTestDatabase } from "../testing/test-database";
import { makeProject, makeRun, withTestQueue } from "../testing/test-loop";
import { openCheckpointFiles } from "./open-checkpoint-files";
import { readRunFolder } from "./read-run-folder";

withTestDatabase();
withTestQueue();

it("says where the records went and which checkpoints there are", async () => {
  const project = await makeProject();
  const run = await makeRun(project);
  const read = () => readRunFolder({ actor: project.actor, runId: run.id });
  expect(await read()).toEqual({ ledger: null, checkpoints: [] });

  const folder = dataPath(run.folder);
  for (const [name, size] of [
    ["step-5", 10],
    ["step-10", 20],
    ["best-5", 7],
  ] as const) {
    const checkpoint = path.join(folder, "checkpoints", name);
    await mkdir(checkpoint, { recursive: true });
    await writeFile(path.join(checkpoint, "state"), "x".repeat(size));
  }
  const losses = [
    { step: 5, value: 0.5 },
    { step: 10, value: 0.5 }, // the loss is not lower, so the first one stays the best
  ];
  await database().runMetric.createMany({ data: losses.map((row) => ({ ...row, runId: run.id, name: "evalLoss" })) });
  const leftOut = [{ reason: "too-long", message: "longer than 64 tokens", count: 2, lines: ["a.jsonl:1"] }];
  // The file is as an earlier trainer wrote it: without odd records and lengths.
  const ledger = { dataset: "/somewhere", records: 12, train: 8, validation: 2, leftOut };
  await writeFile(path.join(folder, "ledger.json"), JSON.stringify(ledger));
  const shared = { member: null, writtenAt: expect.any(Date), validationLoss: 0.5 };
  const newest = { step: 10, kind: "state", sizeBytes: 20, isBest: false, isNext: true, ...shared };
  const older = { step: 5, kind: "state", sizeBytes: 10, isBest: true, isNext: false, ...shared };
  const best = { step: 5, kind: "best", sizeBytes: 7, isBest: true, isNext: false, ...shared };
  const kept = (...are: boolean[]) => [newest, older, best].map((one, index) => ({ ...one, isKept: are[index] }));
  expect(await read()).toEqual({
    ledger: { records: 12, train: 8, validation: 2, leftOut, odd: [], lengths: null },
    checkpoints: kept(true, false, true),
  });

  const keep = (checkpointRetention: "all" | "none") =>
    database().project.update({ where: { id: project.projectId }, data: { checkpointRetention } });
  await keep("all");
  expect((await read()).checkpoints).toEqual(kept(true, true, true));
  await keep("none");
  expect((await read()).checkpoints).toEqual(kept(false, false, false));
});

it("lists an ensemble's checkpoints member by member, each with its own steps and its own best", async () => {
  const project = await makeProject();
  const run = await makeRun(project);
  await database().trainingRun.update({
    where: { id: run.id },
    data: { method: "reward", configuration: { ensemble: 3 }, totalSteps: 30 },
  });
  for (const name of ["member-1/step-10", "member-1/best-5", "member-2/step-5", "member-2/step-4"])
    await mkdir(path.join(dataPath(run.folder), "checkpoints", name), { recursive: true });
  const losses = [
    { step: 5, value: 0.2 },
    { step: 10, value: 0.3 },
    { step: 15, value: 0.6 }, // the second member's fifth step
  ];
  await database().runMetric.createMany({ data: losses.map((row) => ({ ...row, runId: run.id, name: "evalLoss" })) });
  const { checkpoints } = await readRunFolder({ actor: project.actor, runId: run.id });
  expect(
    checkpoints.map(({ member, kind, step, validationLoss, isBest, isNext, isKept }) => [
      ...[member, kind, step, validationLoss],
      [isBest && "best", isNext && "newest", isKept && "kept"].filter(Boolean).join(" "),
    ]),
  ).toEqual([
    [2, "state", 5, 0.6, "best newest kept"],
    [2, "state", 4, null, ""],
    [1, "state", 10, 0.3, ""],
    [1, "best", 5, 0.2, "best"],
  ]);
  const open = (checkpoint: string) =>
    openCheckpointFiles({ actor: project.actor, runId: run.id, checkpoint }).then(({ name }) => name);
  expect(await open("member-1-best-5")).toBe("run-1-member-1-best-5");
  await expect(open("5")).rejects.toMatchObject({ code: "checkpoint-not-found" });
});
