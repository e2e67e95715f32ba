import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

let scratch: string;
const place = (name: string) => path.join(scratch, name);
const modeOf = (folder: string) => fs.statSync(folder).mode & 0o777;
const load = () => import("./private-folder.mjs");

beforeAll(() => {
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), "tuneloop-private-"));
});
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

test("a data folder is closed to everybody else, also one that was open", async () => {
  const { closeDataFolder } = await load();
  closeDataFolder(place("new"));
  expect(modeOf(place("new"))).toBe(0o700);
  fs.mkdirSync(place("open"), { mode: 0o755 });
  closeDataFolder(place("open"));
  expect(modeOf(place("open"))).toBe(0o700);
});

test.runIf(process.getuid?.() === 0)(
  "the user of the embedded database passes through, and cannot list it",
  async () => {
    const { closeDataFolder } = await load();
    closeDataFolder(place("passed"), { uid: 65534, gid: 65534 });
    expect([modeOf(place("passed")), fs.statSync(place("passed")).gid]).toEqual([0o710, 65534]);
  },
);

test("nothing is loaded from a folder that others may write to, that is a link, or that is somebody else's", async () => {
  const { assertOurs, makeOurs } = await load();
  makeOurs(place("ours"));
  expect(() => assertOurs(place("ours"))).not.toThrow();
  makeOurs(place("ours"));

  fs.mkdirSync(place("shared"));
  for (const mode of [0o777, 0o775, 0o1777, 0o702]) {
    fs.chmodSync(place("shared"), mode);
    expect(() => makeOurs(place("shared"))).toThrow(/may be written to by others, so nothing is loaded from it/);
  }
  fs.symlinkSync(place("ours"), place("link"));
  expect(() => makeOurs(place("link"))).toThrow(/is no folder/);
  fs.writeFileSync(place("file"), "");
  expect(() => makeOurs(place("file"))).toThrow(/is no folder/);
  if (process.getuid?.() !== 0) return;
  fs.mkdirSync(place("theirs"));
  fs.chownSync(place("theirs"), 65534, 65534);
  expect(() => makeOurs(place("theirs"))).toThrow(/belongs to somebody else/);
});
