import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { holdFolder, LOCK_FILE } from "./hold-folder";
import { startOfProcess } from "./process-alive";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "tuneloop-hold-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Makes a folder with a lock of this content. */
async function locked(name: string, owner: object | string): Promise<string> {
  const folder = path.join(root, name);
  await mkdir(folder);
  await writeFile(path.join(folder, LOCK_FILE), typeof owner === "string" ? owner : JSON.stringify(owner));
  return folder;
}

const host = hostname();
/** The id of a process that has ended. */
const dead = spawnSync(process.execPath, ["-e", ""]).pid;

describe("holdFolder", () => {
  it("is held by one at a time, named to the other, and let go at the end and after an error", async () => {
    const folder = path.join(root, "mine");
    const result = await holdFolder(folder, "a run", async () => {
      expect(JSON.parse(await readFile(path.join(folder, LOCK_FILE), "utf8"))).toMatchObject({
        pid: process.pid,
        host,
      });
      await expect(holdFolder(folder, "a sweep", async () => "no")).rejects.toMatchObject({
        code: "output-conflict",
        userMessage: `${folder}: process ${process.pid} writes a sweep into it; wait for it, or name another folder`,
      });
      await writeFile(path.join(folder, "run.json"), "{}");
      return "done";
    });
    expect(result).toBe("done");
    await expect(holdFolder(folder, "a run", () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(await readdir(folder)).toEqual(["run.json"]);
  });

  it("leaves nothing of a folder that it made and that nothing came into", async () => {
    await expect(
      holdFolder(path.join(root, "new", "inner"), "a run", () => Promise.reject(new Error("bad data"))),
    ).rejects.toThrow("bad data");
    expect(await readdir(root)).not.toContain("new");
  });

  it("takes over what a dead process left, also where its number was given to another since", async () => {
    for (const [name, owner] of [
      ["dead", { pid: dead, host, started: "1" }],
      ["unknown start", { pid: dead, host, started: null }],
      ...(startOfProcess(process.pid) === null ? [] : [["another", { pid: process.pid, host, started: "1" }] as const]),
    ] as const) {
      const folder = await locked(name, owner);
      expect(await holdFolder(folder, "a run", async () => name)).toBe(name);
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it("does not take over another machine's, and says what to remove", async () => {
    const folder = await locked("elsewhere", { pid: 7, host: "far.example", started: "1" });
    const said = `process 7 on far.example (if that one is gone, remove ${path.join(folder, LOCK_FILE)})`;
    await expect(holdFolder(folder, "a run", async () => "no")).rejects.toThrow(said);
    expect(await readdir(folder)).toEqual([LOCK_FILE]);
  });

  it("waits with a lock that is being written, and takes over one that never was", async () => {
    const folder = await locked("half", '{"pid":');
    await expect(holdFolder(folder, "a run", async () => "no")).rejects.toThrow("another process writes");
    const before = new Date(Date.now() - 60_000);
    await utimes(path.join(folder, LOCK_FILE), before, before);
    expect(await holdFolder(folder, "a run", async () => "yes")).toBe("yes");
  });

  // An earlier form of the lock let two in about once in a hundred rounds: a loser took the winner's lock away for a
  // moment.
  it("lets one of many in that find a dead lock at once", async () => {
    for (let round = 0; round < 200; round++) {
      const folder = await locked(`race ${round}`, { pid: dead, host, started: null });
      let inside = 0;
      let most = 0;
      const enter = () =>
        holdFolder(folder, "a run", async () => {
          inside += 1;
          most = Math.max(most, inside);
          await new Promise((resolve) => setImmediate(resolve));
          inside -= 1;
        });
      const ends = await Promise.allSettled(Array.from({ length: 20 }, enter));
      expect(most).toBe(1);
      expect(ends.some(({ status }) => status === "fulfilled")).toBe(true);
      for (const end of ends)
        if (end.status === "rejected") expect(end.reason).toMatchObject({ code: "output-conflict" });
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it("takes over from one that died as it took over", async () => {
    const folder = await locked("twice", { pid: dead, host, started: null, id: "a" });
    const first = path.join(folder, LOCK_FILE);
    const name = createHash("sha256")
      .update(await readFile(first))
      .digest("hex")
      .slice(0, 12);
    await writeFile(`${first}.${name}`, JSON.stringify({ pid: dead, host, started: null, id: "b" }));
    expect(await holdFolder(folder, "a run", async () => "in")).toBe("in");
    expect(await readdir(folder)).toEqual([]);
  });
});
