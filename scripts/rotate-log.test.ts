import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { rotateLog } from "./rotate-log.mjs";

it("keeps a log small while another process appends to it, and three earlier parts", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tuneloop-log-"));
  const file = path.join(folder, "server.log");
  expect(rotateLog(file)).toBe(false);
  const writer = fs.openSync(file, "a");
  const options = { maxBytes: 10, kept: 3 };
  for (let part = 1; part <= 5; part++) {
    fs.writeSync(writer, "short\n");
    expect(rotateLog(file, options)).toBe(false);
    fs.writeSync(writer, `part ${part}\n`);
    expect(rotateLog(file, options)).toBe(true);
  }
  fs.writeSync(writer, "last\n");
  fs.closeSync(writer);
  const read = (name: string) => fs.readFileSync(path.join(folder, name), "utf8");
  expect(fs.readdirSync(folder).sort()).toEqual(["server.log", "server.log.1", "server.log.2", "server.log.3"]);
  expect([read("server.log"), read("server.log.1"), read("server.log.3")]).toEqual([
    "last\n",
    "short\npart 5\n",
    "short\npart 3\n",
  ]);
  fs.rmSync(folder, { recursive: true });
});
