import { invalidFile } from "../file-formats/file-errors";
import { isJsonObject, type JsonObject } from "../file-formats/json-file";
import { FIXED_DATE_TEXT } from "./chat-template";
import { openAssistantTurn } from "./open-turn";

/**
 * The chat template of tokenizer_config.json: a text, or a list of named ones, of which the one named "default" counts, as
 * in transformers.
 * @throws DomainError naming file and key
 */
export function templateOfConfig({ chat_template: found }: JsonObject, file: string): string | null {
  if (found === undefined || found === null) return null;
  if (typeof found === "string") return found;
  if (!Array.isArray(found)) throw invalidFile(file, '"chat_template" should be a text or a list of named templates');
  const named = found.map((one: unknown, index) => {
    if (!isJsonObject(one) || typeof one.name !== "string" || typeof one.template !== "string") {
      throw invalidFile(file, `"chat_template[${index}]" should have a name and a template`);
    }
    return { name: one.name, template: one.template };
  });
  const chosen = named.find(({ name }) => name === "default");
  if (chosen) return chosen.template;
  const names = named.map(({ name }) => name).join(", ") || "none";
  throw invalidFile(file, `"chat_template" has no template named "default" (it has: ${names})`);
}

/** Prepares a template for use and collects what its user should know about it. */
export function prepareTemplate(
  template: string | null,
  specialTokens: Record<string, string>,
): { chatTemplate: string | null; notices: string[] } {
  if (template === null) return { chatTemplate: null, notices: [] };
  const opened = openAssistantTurn(template, { specialTokens });
  const notices = opened.notice === null ? [] : [opened.notice];
  if (template.includes("strftime_now")) {
    notices.push(
      `its chat template asks for the date and is always given ${FIXED_DATE_TEXT}, so that a text is the same on every day`,
    );
  }
  return { chatTemplate: opened.template, notices };
}
