import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readChatTemplates } from "./read-chat-template";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "templates-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
}

describe("readChatTemplates", () => {
  it("finds none", async () => {
    expect(await readChatTemplates(folder, {})).toEqual({ template: null, others: [], remarks: [] });
    expect((await readChatTemplates(folder, { chat_template: null })).template).toBeNull();
  });

  it("takes chat_template.jinja before tokenizer_config.json, and says so where they differ", async () => {
    await write({ "chat_template.jinja": "new\n" });
    expect(await readChatTemplates(folder, { chat_template: "new" })).toMatchObject({ template: "new\n", remarks: [] });
    expect((await readChatTemplates(folder, { chat_template: "old" })).remarks).toEqual([
      "chat_template.jinja and tokenizer_config.json hold different chat templates; chat_template.jinja is used, as transformers does",
    ]);
  });

  it("takes chat_template.json where there is no other, and says so", async () => {
    await write({ "chat_template.json": JSON.stringify({ chat_template: "processor's" }) });
    expect(await readChatTemplates(folder, {})).toMatchObject({
      template: "processor's",
      remarks: ["its chat template is the one of chat_template.json, since it has no other"],
    });
    expect((await readChatTemplates(folder, { chat_template: "its own" })).template).toBe("its own");
    await write({ "chat_template.json": JSON.stringify({ chat_template: 3 }) });
    await expect(readChatTemplates(folder, {})).rejects.toThrow('chat_template.json: "chat_template" should be a text');
  });

  it("keeps templates for special uses, of the list and of the folder", async () => {
    await write({
      "chat_template.jinja": "main",
      "additional_chat_templates/rag.jinja": "with documents",
      "additional_chat_templates/tool_use.jinja": "newer tools",
      "additional_chat_templates/notes.txt": "no template",
    });
    const listed = [
      { name: "default", template: "main" },
      { name: "tool_use", template: "older tools" },
    ];
    const { template, others, remarks } = await readChatTemplates(folder, { chat_template: listed });
    expect(template).toBe("main");
    expect(others.sort((a, b) => a.name.localeCompare(b.name))).toEqual([
      { name: "rag", template: "with documents" },
      { name: "tool_use", template: "newer tools" },
    ]);
    expect(remarks).toEqual([
      'of its chat templates the one named "default" is used; the others (tool_use, rag) are kept and written back',
    ]);
  });

  it("takes templates by name in an object, as transformers does", async () => {
    const named = { default: "main", tool_use: "tools" };
    expect(await readChatTemplates(folder, { chat_template: named })).toMatchObject({
      template: "main",
      others: [{ name: "tool_use", template: "tools" }],
    });
    await expect(readChatTemplates(folder, { chat_template: { tool_use: "tools" } })).rejects.toThrow(
      'has no template named "default" (it has: tool_use)',
    );
  });

  it("refuses templates of which none is the default, with the way out", async () => {
    await write({ "additional_chat_templates/tool_use.jinja": "tools" });
    await expect(readChatTemplates(folder, {})).rejects.toThrow(
      'additional_chat_templates: has no template named "default" (it has: tool_use); put the one to use into chat_template.jinja',
    );
    await write({ "chat_template.jinja": "main" });
    expect((await readChatTemplates(folder, {})).template).toBe("main");
  });
});
