import { fork } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { JobProcesses } from "./job-process";

/** Starts a process that does with a job what the job's name says, and keeps its number in a file. */
const PROGRAM = `
import { appendFileSync } from "node:fs";
const end = (failure) => process.send({ type: "ended", failure }, () => process.exit(0));
process.on("message", ({ type, id }) => {
  if (type === "stop") return end("stopped");
  appendFileSync(process.argv[2], process.pid + " " + id + "\\n");
  if (id === "works") end();
  if (id === "throws") end("out of reach");
  if (id === "dies") process.kill(process.pid, "SIGKILL");
});
process.once("disconnect", () => process.exit(1));
process.send({ type: "ready", backend: "cpu", detail: "a fake" });
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "tuneloop-job-process-"));
  await writeFile(path.join(folder, "program.mjs"), PROGRAM);
  await writeFile(path.join(folder, "broken.mjs"), "process.exit(3);");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const never = new AbortController().signal;
const processes = (log: string, program = "program.mjs") =>
  new JobProcesses(() => fork(path.join(folder, program), [path.join(folder, log)], { execArgv: [] }));
const begun = async (log: string) =>
  (await readFile(path.join(folder, log), "utf8").catch(() => "")).trim().split("\n").filter(Boolean);

describe("a job's own process", () => {
  it("ends with the job, and the next job has another", async () => {
    const runs = processes("two");
    expect(await runs.ready()).toEqual({ backend: "cpu", detail: "a fake" });
    await runs.perform("works", never);
    await runs.perform("works", never);
    const pids = (await begun("two")).map((line) => Number(line.split(" ")[0]));
    expect(new Set(pids).size).toBe(2);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow("ESRCH");
    expect(runs.failed.aborted).toBe(false);
  });

  it("fails its job alone where it dies, and what the job threw is told", async () => {
    const runs = processes("deaths");
    await expect(runs.perform("dies", never)).rejects.toThrow("the process of job dies died (SIGKILL)");
    await expect(runs.perform("throws", never)).rejects.toThrow("out of reach");
    await runs.perform("works", never);
  });

  it("is told to stop, before the job or in its midst", async () => {
    const runs = processes("stops");
    const stop = new AbortController();
    const waiting = runs.perform("waits", stop.signal);
    await expect.poll(() => begun("stops")).toHaveLength(1);
    stop.abort();
    await expect(waiting).rejects.toThrow("stopped");
    await expect(runs.perform("waits", AbortSignal.abort())).rejects.toThrow("stopped");
  });

  it("tells the worker where it can't start", async () => {
    const runs = processes("none", "broken.mjs");
    await expect(runs.perform("works", never)).rejects.toThrow("did not start (3)");
    expect(runs.failed.aborted).toBe(true);
  });
});
