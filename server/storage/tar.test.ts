import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { type StoredFile, tar, tarLength } from "./tar";

const stored = (name: string, text: string): StoredFile => ({
  name,
  sizeBytes: Buffer.byteLength(text),
  open: () => Readable.from([Buffer.from(text)]),
});

it("keeps names of any length, and knows its own length beforehand", async () => {
  const names = ["short.txt", `${"a".repeat(95)}.txt`, `${"long/".repeat(60)}file.txt`, `${"ü".repeat(70)}.txt`];
  // The lengths at which the record's own length gets one more digit.
  for (const length of [89, 90, 91, 985, 986, 987, 988])
    names.push(`${"d/".repeat(length / 2)}${"x".repeat(20 + (length % 2))}`);
  const files = names.map((name) => stored(name, `content of ${name.length}`));
  const chunks: Uint8Array[] = [];
  for await (const chunk of tar("folder", files)) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  expect(bytes.length).toBe(tarLength("folder", files));

  const place = await mkdtemp(path.join(os.tmpdir(), "tuneloop-tar-"));
  await writeFile(path.join(place, "all.tar"), bytes);
  execFileSync("tar", ["-xf", "all.tar"], { cwd: place, env: { ...process.env, LC_ALL: "C.UTF-8" } });
  for (const name of names)
    expect(await readFile(path.join(place, "folder", name), "utf8")).toBe(`content of ${name.length}`);
});

it("says the length of a file of more than 8 GB", async () => {
  const sizeBytes = 9 * 1024 ** 3;
  const huge: StoredFile = { name: "huge", sizeBytes, open: () => Readable.from([]) };
  const first = (await tar("folder", [huge]).next()).value as Uint8Array;
  const place = await mkdtemp(path.join(os.tmpdir(), "tuneloop-tar-"));
  await writeFile(path.join(place, "head.tar"), first);
  let listed = "";
  try {
    execFileSync("tar", ["-tvf", "head.tar"], { cwd: place, encoding: "utf8" });
  } catch (error) {
    listed = (error as { stdout: string }).stdout; // the content is not there
  }
  expect(listed).toContain(String(sizeBytes));
});
