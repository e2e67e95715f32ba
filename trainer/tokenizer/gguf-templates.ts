import type { JsonObject } from "../file-formats/json-file";
import type { GgufValue } from "../file-formats/write-gguf";
import { remarksOnOthers } from "./read-chat-template";
import type { ChatTemplates, NamedTemplate } from "./types";

const KEY = "tokenizer.chat_template";
const NAMES = "tokenizer.chat_templates";

/** Reads the chat templates of a GGUF: one under the key itself, those for special uses under keys that end in their names. */
export function templatesFromGguf(metadata: JsonObject): ChatTemplates {
  const text = metadata[KEY];
  const others = Object.entries(metadata).flatMap(([key, template]) =>
    key.startsWith(`${KEY}.`) && typeof template === "string" ? [{ name: key.slice(KEY.length + 1), template }] : [],
  );
  return { template: typeof text === "string" ? text : null, others, remarks: remarksOnOthers(others) };
}

/** Writes the chat templates as gguf-py does (GGUFWriter.add_chat_template). */
export function templatesToGguf(template: string | null, others: readonly NamedTemplate[]): [string, GgufValue][] {
  if (template === null) return [];
  const named = others.map(({ name, template }): [string, GgufValue] => [`${KEY}.${name}`, { text: template }]);
  return [
    ...(others.length > 0 ? [[NAMES, { texts: others.map(({ name }) => name) }] as [string, GgufValue]] : []),
    ...named,
    [KEY, { text: template }],
  ];
}
