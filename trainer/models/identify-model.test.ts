import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { goldensFolder } from "../fixtures/goldens";
import { identifyModel, spreadOver } from "./identify-model";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-identity-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const golden = (name: string) => path.join(goldensFolder, name);

describe("the identity of a model", () => {
  it("is that of its weights, wherever they lie and whatever stands beside them", async () => {
    const copy = path.join(folder, "copy");
    await cp(golden("llama"), copy, { recursive: true });
    await writeFile(path.join(copy, "README.md"), "moved");
    expect(await identifyModel(copy)).toBe(await identifyModel(golden("llama")));
    expect(await identifyModel(golden("gpt2"))).not.toBe(await identifyModel(golden("llama")));
  });

  it("is another one after one flipped bit", async () => {
    const copy = path.join(folder, "flipped");
    await cp(golden("llama"), copy, { recursive: true });
    const file = path.join(copy, "model.safetensors");
    const bytes = await readFile(file);
    bytes[bytes.length - 2] = (bytes[bytes.length - 2] as number) ^ 1;
    await writeFile(file, bytes);
    expect(await identifyModel(copy)).not.toBe(await identifyModel(golden("llama")));
  });

  it("of an adapter is of its base as well", async () => {
    const copy = path.join(folder, "base");
    await cp(golden("llama"), copy, { recursive: true });
    const file = path.join(copy, "model.safetensors");
    const bytes = await readFile(file);
    bytes[bytes.length - 2] = (bytes[bytes.length - 2] as number) ^ 1;
    await writeFile(file, bytes);
    const adapter = golden("llama-lora");
    const on = (adapterBase: string) => identifyModel(adapter, { adapterBase });
    expect(await on(golden("llama"))).not.toBe(await on(copy));
    expect(await on(golden("llama"))).not.toBe(await identifyModel(golden("llama")));
  });

  it("of a large file is read from its first byte to its last", () => {
    const size = 3 * 2 ** 30 + 12_345;
    const pieces = spreadOver(size);
    expect(pieces[0]?.from).toBe(0);
    const last = pieces.at(-1)!;
    expect(last.from + last.length).toBe(size);
    expect(pieces.every(({ from }, index) => index === 0 || from > pieces[index - 1]!.from)).toBe(true);
  });
});
