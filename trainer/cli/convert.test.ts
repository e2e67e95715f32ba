import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeRecords } from "../fixtures/train-run";
import { convert } from "./convert";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-convert-"));
});
afterAll(() => rm(folder, { recursive: true }));
const place = (name: string) => path.join(folder, name);
const linesOf = async (file: string) => (await readFile(file, "utf8")).split("\n").filter(Boolean);

describe("convert", () => {
  it("writes what the format holds, counts the rest, and names keys that are not read", async () => {
    const dataset = await writeRecords(place("mixed.jsonl"), [
      { prompt: "One?", chosen: "Yes.", rejected: "No", rejectedFinished: false, strength: "slightly", source: "web" },
      { instruction: "Two?", output: " Sure.\r\n" },
      { prompt: "Three?", completion: "Bad.", label: false },
      { prompt: "Four?", completion: "None.", weight: 0 },
    ]);
    const to = place("pairs.jsonl");
    expect(await convert({ dataset, format: "trl-preference", to })).toEqual({
      written: 1,
      leftOut: [
        { reason: "that are not preference pairs", count: 2 },
        { reason: "that say weight: 0", count: 1 },
      ],
      ignored: [{ name: "source", count: 1 }],
    });
    expect((await linesOf(to)).map((line) => JSON.parse(line))).toEqual([
      {
        prompt: [{ role: "user", content: "One?" }],
        chosen: [{ role: "assistant", content: "Yes." }],
        rejected: [{ role: "assistant", content: "No" }],
        rejectedFinished: false,
        margin: 1 / 3,
      },
    ]);
    const shared = place("shared.jsonl");
    expect(await convert({ dataset, format: "sharegpt", to: shared })).toMatchObject({ written: 3 });
    // There and back: what one format holds another one gets out of it.
    const back = place("back.jsonl");
    expect(await convert({ dataset: shared, format: "trl-preference", to: back })).toMatchObject({ written: 1 });
    expect(await linesOf(back)).toEqual(await linesOf(to));
  });

  it("reads the folder of a dataset version, thousands of lines and more than one chunk", async () => {
    const version = await mkdtemp(place("version-"));
    const rows = (split: string) =>
      Array.from({ length: 3000 }, (_, index) => ({ prompt: `${split} ${index}?`, completion: "a".repeat(60) }));
    await writeRecords(path.join(version, "demonstrations.train.jsonl"), rows("train"));
    await writeRecords(path.join(version, "demonstrations.validation.jsonl"), rows("validation"));
    await writeFile(path.join(version, "manifest.json"), "{}");
    const to = place("messages.jsonl");
    expect(await convert({ dataset: version, format: "messages", to })).toMatchObject({ written: 6000, leftOut: [] });
    expect(await linesOf(to)).toHaveLength(6000);
  });

  it("reads a dataset version of the first format, whose manifest has another kind of hash", async () => {
    const to = place("old.jsonl");
    const dataset = path.resolve("server/datasets/fixtures/version-of-format-1");
    expect(await convert({ dataset, format: "trl-preference", to })).toMatchObject({ written: 1, leftOut: [] });
    expect((await linesOf(to)).map((line) => JSON.parse(line))).toMatchObject([
      { margin: 2 / 3, chosen: [{ content: "It is 4." }] },
    ]);
  });

  it("names file, line and key of a fault, and leaves nothing behind", async () => {
    const dataset = await writeRecords(place("bad.jsonl"), [{ prompt: "Hi", completion: "Ho" }, { prompt: 7 }]);
    await expect(convert({ dataset, format: "messages", to: place("none.jsonl") })).rejects.toThrow(
      /^bad\.jsonl:2: prompt: /,
    );
    expect((await readdir(folder)).filter((name) => name.startsWith("none"))).toEqual([]);
    await expect(convert({ dataset: place("gone"), format: "messages", to: place("none.jsonl") })).rejects.toThrow(
      /no such file or folder/,
    );
    expect((await readdir(folder)).filter((name) => name.startsWith("none"))).toEqual([]);
    await expect(convert({ dataset, format: "messages", to: place("no/such/folder.jsonl") })).rejects.toThrow(
      /^--to: /,
    );
  });
});
