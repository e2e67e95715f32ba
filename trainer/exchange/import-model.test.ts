import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { goldensFolder } from "../fixtures/goldens";
import { exportModel } from "./export-model";
import { importModel } from "./import-model";

const golden = (name: string) => path.join(goldensFolder, name);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "import-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("importModel", () => {
  it("says what a folder holds, and copies what belongs to the model", async () => {
    const from = path.join(folder, "from");
    await cp(golden("gpt2"), from, { recursive: true });
    await writeFile(path.join(from, "picture.png"), "");
    await mkdir(path.join(from, "additional_chat_templates"));
    await writeFile(path.join(from, "additional_chat_templates/tool_use.jinja"), "{{ tools }}");
    await writeFile(path.join(from, "additional_chat_templates/model.safetensors"), "");
    await writeFile(path.join(from, "README.md"), "---\nlicense: mit\n---\n");
    const to = path.join(folder, "to");
    expect(await importModel({ model: from, to })).toMatchObject({
      model: to,
      kind: "language model",
      family: "gpt2",
      parameters: 165_632,
      layers: 2,
      contextLength: 512,
      types: ["F32"],
      chatTemplate: true,
      licence: "mit",
      adapter: null,
    });
    const beside = ["README.md", "additional_chat_templates"];
    expect((await readdir(to)).sort()).toEqual([...(await readdir(golden("gpt2"))), ...beside].sort());
    expect(await readdir(path.join(to, "additional_chat_templates"))).toEqual(["tool_use.jinja"]);
    const notice = 'the one named "default" is used; the others (tool_use) are kept and written back';
    expect((await importModel({ model: to })).notices).toEqual([expect.stringContaining(notice)]);
    const gguf = await exportModel({ model: to, format: "gguf", to: path.join(folder, "named-gguf") });
    expect((await importModel({ model: gguf.to })).notices).toEqual([expect.stringContaining(notice)]);
    await expect(importModel({ model: from, to })).rejects.toThrow("already holds files; name a new folder");
  });

  it("takes a GGUF, an adapter and a reward model", async () => {
    const gguf = path.join(folder, "gguf");
    await exportModel({ model: golden("llama"), format: "gguf", type: "Q8_0", to: gguf });
    const file = path.join(gguf, "model-Q8_0.gguf");
    const to = path.join(folder, "gguf-copy");
    expect(await importModel({ model: file, to })).toMatchObject({ kind: "language model", types: ["Q8_0", "F32"] });
    expect((await readFile(path.join(to, "model-Q8_0.gguf"))).equals(await readFile(file))).toBe(true);

    const adapter = await exportModel({
      model: golden("llama"),
      adapter: golden("llama-lora"),
      format: "peft",
      to: path.join(folder, "adapter"),
    });
    expect(await importModel({ model: adapter.to })).toMatchObject({
      kind: "adapter",
      adapter: { base: golden("llama"), rank: 8, alpha: 16 },
    });
    expect(await importModel({ model: golden("llama-reward") })).toMatchObject({ kind: "reward model" });
  });

  it("refuses a damaged model by file and tensor, and copies nothing", async () => {
    const from = path.join(folder, "cut");
    await cp(golden("llama"), from, { recursive: true });
    await truncate(path.join(from, "model.safetensors"), 300_000);
    const to = path.join(folder, "cut-copy");
    await expect(importModel({ model: from, to })).rejects.toThrow(/model\.safetensors: tensor \S+: is cut/);
    expect(await readdir(folder)).not.toContain("cut-copy");
  });
});
