import { readdir } from "node:fs/promises";
import path from "node:path";
import { fileSystemError, invalidFile, isMissing } from "../file-formats/file-errors";
import { isJsonObject, type JsonObject, readJsonObjectIfPresent, readTextIfPresent } from "../file-formats/json-file";
import type { ChatTemplates, NamedTemplate } from "./types";

/** The folder in which transformers keeps templates for special uses, one file each. */
export const TEMPLATE_FOLDER = "additional_chat_templates";
const DEFAULT = "default";

/**
 * Reads the chat templates of a model folder where transformers looks for them: chat_template.jinja, else
 * tokenizer_config.json (a text, or a list of named ones, of which the one named "default" counts), else
 * chat_template.json; and those for special uses, in the list or in additional_chat_templates/.
 * @throws DomainError naming file and key
 */
export async function readChatTemplates(folder: string, tokenizerConfig: JsonObject): Promise<ChatTemplates> {
  const configPath = path.join(folder, "tokenizer_config.json");
  const listed = templatesOfConfig(tokenizerConfig, configPath);
  const beside = await readTemplateFolder(path.join(folder, TEMPLATE_FOLDER));
  const others = new Map([...listed.others, ...beside].map((one) => [one.name, one]));
  const found: { file: string; template: string | null | undefined }[] = [
    { file: "chat_template.jinja", template: await readTextIfPresent(path.join(folder, "chat_template.jinja")) },
    { file: "tokenizer_config.json", template: listed.template },
    { file: "chat_template.json", template: await readTemplateOfProcessor(path.join(folder, "chat_template.json")) },
  ];
  const present = found.filter((one): one is { file: string; template: string } => typeof one.template === "string");
  const [chosen] = present;
  if (!chosen && others.size > 0) {
    const names = [...others.keys()].join(", ");
    const where = listed.others.length > 0 ? configPath : path.join(folder, TEMPLATE_FOLDER);
    throw invalidFile(
      where,
      `has no template named "${DEFAULT}" (it has: ${names}); put the one to use into chat_template.jinja`,
    );
  }
  return {
    template: chosen?.template ?? null,
    others: [...others.values()],
    remarks: remarksOn(present, [...others.values()]),
  };
}

function remarksOn(present: { file: string; template: string }[], others: readonly NamedTemplate[]): string[] {
  const [chosen, ...further] = present;
  const other = further.find(({ template }) => template.trimEnd() !== chosen?.template.trimEnd());
  const remarks: string[] = [];
  if (chosen && other) {
    remarks.push(
      `${chosen.file} and ${other.file} hold different chat templates; ${chosen.file} is used, as transformers does`,
    );
  } else if (chosen?.file === "chat_template.json") {
    remarks.push("its chat template is the one of chat_template.json, since it has no other");
  }
  return [...remarks, ...remarksOnOthers(others)];
}

/** Says that there are templates for special uses, which nothing here uses. */
export function remarksOnOthers(others: readonly NamedTemplate[]): string[] {
  if (others.length === 0) return [];
  const names = others.map(({ name }) => name).join(", ");
  return [`of its chat templates the one named "${DEFAULT}" is used; the others (${names}) are kept and written back`];
}

/** The chat templates of tokenizer_config.json: a text, or named ones as a list or an object. */
function templatesOfConfig({ chat_template: found }: JsonObject, file: string) {
  if (found === undefined || found === null) return { template: null, others: [] };
  if (typeof found === "string") return { template: found, others: [] };
  // transformers takes templates by name as well, as it holds them in memory.
  const list = isJsonObject(found) ? Object.entries(found).map(([name, template]) => ({ name, template })) : found;
  if (!Array.isArray(list)) throw invalidFile(file, '"chat_template" should be a text or a list of named templates');
  const named = list.map((one: unknown, index): NamedTemplate => {
    if (!isJsonObject(one) || typeof one.name !== "string" || typeof one.template !== "string") {
      throw invalidFile(file, `"chat_template[${index}]" should have a name and a template`);
    }
    return { name: one.name, template: one.template };
  });
  return {
    template: named.find(({ name }) => name === DEFAULT)?.template ?? null,
    others: named.filter(({ name }) => name !== DEFAULT),
  };
}

async function readTemplateFolder(folder: string): Promise<NamedTemplate[]> {
  const names = await readdir(folder).catch((error: unknown): string[] => {
    if (isMissing(error)) return [];
    throw fileSystemError(folder, "read", error);
  });
  const files = names.filter((name) => name.endsWith(".jinja")).sort();
  return Promise.all(
    files.map(async (file) => ({
      name: file.replace(/\.jinja$/, ""),
      template: (await readTextIfPresent(path.join(folder, file))) ?? "",
    })),
  );
}

/** A processor's file holds one text under the key "chat_template". */
async function readTemplateOfProcessor(file: string): Promise<string | null> {
  const content = await readJsonObjectIfPresent(file);
  if (content === null) return null;
  if (typeof content.chat_template !== "string") throw invalidFile(file, '"chat_template" should be a text');
  return content.chat_template;
}

/** The templates for special uses in a tokenizer_config.json that `templatesForConfig` has written. */
export function otherTemplates({ chat_template: found }: JsonObject): NamedTemplate[] {
  return Array.isArray(found) ? (found as NamedTemplate[]).filter(({ name }) => name !== DEFAULT) : [];
}

/** The value of "chat_template" in a tokenizer_config.json that holds all templates; undefined where one file is enough. */
export function templatesForConfig(template: string | null, others: readonly NamedTemplate[]): unknown {
  if (template === null || others.length === 0) return undefined;
  return [...others, { name: DEFAULT, template }];
}
