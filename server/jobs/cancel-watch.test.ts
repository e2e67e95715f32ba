import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { expect, it } from "vitest";
import { database } from "../database/client";
import { cancelRun } from "../runs/cancel-run";
import { withTestDatabase } from "../testing/test-database";
import { makeProject, makeRun, withTestQueue } from "../testing/test-loop";
import { settleIfCancelled } from "./perform-job";
import { train } from "./queues/train";

withTestDatabase();
withTestQueue();

it("ends a process whose run loops without end once it was cancelled, and the run says so", async () => {
  const project = await makeProject();
  const run = await makeRun(project);
  const root = path.resolve(import.meta.dirname, "../..");
  const program = ["--import", "tsx", "server/testing/spinning-run.ts", run.id, "500"];
  const child = spawn(process.execPath, program, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  const exit = once(child, "exit");
  await Promise.race([
    once(child.stdout, "data"),
    exit.then((how) => Promise.reject(new Error(`it ended before (${how})`))),
  ]);
  expect(await settleIfCancelled(train, run.id)).toBe(false);

  await cancelRun({ actor: project.actor, runId: run.id });
  expect(await exit).toEqual([null, "SIGKILL"]);

  expect(await settleIfCancelled(train, run.id)).toBe(true);
  const ended = await database().trainingRun.findUniqueOrThrow({ where: { id: run.id } });
  expect(ended).toMatchObject({ status: "cancelled", activity: null });
  const lines = await database().runLogLine.findMany({ where: { runId: run.id } });
  expect(lines.map(({ message }) => message).join()).toContain("so its process was ended");
});
