import { z } from "zod";
import { type Message, promptMessagesSchema } from "@/domain/messages";
import type { ImportIssue } from "./import-refused";

/** A row as the file has it. */
export interface RawRow {
  line: number;
  fields: Record<string, unknown>;
}

export interface PromptOfRow {
  line: number;
  taskType: string;
  messages: Message[];
}

const MAIN_FIELDS = ["prompt", "messages", "instruction"] as const;
/** Every field that is read; others are named in the preview. */
export const KNOWN_FIELDS: ReadonlySet<string> = new Set([...MAIN_FIELDS, "input", "taskType"]);

const DEFAULT_TASK_TYPE = "general";
const MAX_MESSAGES = 200;
const text = z.string({ error: "must be text" });
const taskTypeSchema = text.trim().max(100, "a task type has at most 100 characters");
const messagesSchema = z
  .array(z.unknown(), { error: "must be a list of messages" })
  .max(MAX_MESSAGES, `a prompt has at most ${MAX_MESSAGES} messages`)
  .pipe(promptMessagesSchema);

/** Makes a prompt of a row, or says which field is wrong. */
export function rowToPrompt({ line, fields }: RawRow): PromptOfRow | ImportIssue {
  const given = MAIN_FIELDS.filter(
    (name) => fields[name] !== undefined && fields[name] !== null && fields[name] !== "",
  );
  const main = given[0];
  if (!main) return { line, message: `needs "prompt", "messages" or "instruction" (has ${namesOf(fields)})` };
  if (given[1]) return { line, field: given[1], message: `goes without "${main}": one of them is the prompt` };

  const problem = (field: string, error: z.ZodError): ImportIssue => {
    const issue = error.issues[0];
    return { line, field: [field, ...(issue?.path ?? [])].join("."), message: issue?.message ?? "is not valid" };
  };
  const messages = readMessages(main, fields);
  if (!messages.success) return problem(main, messages.error);
  const unstorable = messages.data.findIndex(({ content }) => /\0|\p{Surrogate}/u.test(content));
  if (unstorable >= 0) return { line, field: main, message: "holds a NUL character or half of a surrogate pair" };
  const taskType = taskTypeSchema.safeParse(fields.taskType ?? "");
  if (!taskType.success) return problem("taskType", taskType.error);
  return { line, taskType: taskType.data || DEFAULT_TASK_TYPE, messages: messages.data };
}

function readMessages(main: (typeof MAIN_FIELDS)[number], fields: Record<string, unknown>) {
  const value = fields[main];
  if (main === "messages" || Array.isArray(value)) return messagesSchema.safeParse(value);
  const spoken = text.safeParse(value);
  if (!spoken.success) return spoken;
  const input = main === "instruction" ? text.safeParse(fields.input ?? "") : undefined;
  if (input && !input.success) return input;
  const content = [spoken.data.trim(), input?.data.trim()].filter(Boolean).join("\n\n");
  return promptMessagesSchema.safeParse([{ role: "user", content }]);
}

const namesOf = (fields: Record<string, unknown>): string =>
  Object.keys(fields)
    .slice(0, 8)
    .map((name) => `"${name}"`)
    .join(", ") || "no fields";
