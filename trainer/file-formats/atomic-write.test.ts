import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeFileAtomically, writeFolderAtomically } from "./atomic-write";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "atomic-"));
});
afterEach(() => rm(folder, { recursive: true }));

const put = (text: string) => (into: string) => writeFile(path.join(into, "a.txt"), text);

describe("writeFileAtomically", () => {
  it("makes missing folders and leaves the older file when writing fails", async () => {
    const file = path.join(folder, "deep/er/file.txt");
    await writeFileAtomically(file, "first");
    const failing = writeFileAtomically(file, async (handle) => {
      await handle.write("half");
      throw new Error("disk full");
    });
    await expect(failing).rejects.toThrow(`${file}: cannot be written (disk full)`);
    expect(await readFile(file, "utf8")).toBe("first");
    expect(await readdir(path.dirname(file))).toEqual(["file.txt"]);
  });
});

describe("writeFolderAtomically", () => {
  it("replaces a folder whole", async () => {
    const target = path.join(folder, "model");
    await writeFolderAtomically(target, put("first"));
    await writeFile(path.join(target, "left-over.txt"), "");
    await writeFolderAtomically(target, put("second"));
    expect(await readdir(target)).toEqual(["a.txt"]);
    expect(await readFile(path.join(target, "a.txt"), "utf8")).toBe("second");
    expect(await readdir(folder)).toEqual(["model"]);
  });

  it("leaves the older folder as it was when filling fails", async () => {
    const target = path.join(folder, "model");
    await writeFolderAtomically(target, put("first"));
    await expect(
      writeFolderAtomically(target, async (into) => {
        await put("half")(into);
        throw new Error("no more");
      }),
    ).rejects.toThrow(`${target}: cannot be written (no more)`);
    expect(await readFile(path.join(target, "a.txt"), "utf8")).toBe("first");
    expect(await readdir(folder)).toEqual(["model"]);
  });

  it("says when something else has the name", async () => {
    await writeFile(path.join(folder, "model"), "a file");
    await expect(writeFolderAtomically(path.join(folder, "model"), put("x"))).rejects.toThrow("cannot be written");
    await mkdir(path.join(folder, "free"));
    expect((await readdir(folder)).sort()).toEqual(["free", "model"]);
  });
});
