import { z } from "zod";
import { implicitPrompt } from "@/domain/datasets/implicit-prompt";
import { type Message, promptMessagesSchema } from "@/domain/messages";
import type { ImportIssue } from "./import-refused";
import { ANSWER_FIELDS, type ImportedAnswer, rowToAnswer } from "./row-to-answer";

/** A row as the file has it. */
export interface RawRow {
  line: number;
  fields: Record<string, unknown>;
}

export interface PromptOfRow {
  line: number;
  taskType: string;
  messages: Message[];
  /** What stands beside the prompt, where something does. */
  answer: ImportedAnswer | null;
}

const MAIN_FIELDS = ["prompt", "messages", "instruction"] as const;
/** Every field that is read; others are named in the preview. */
export const KNOWN_FIELDS: ReadonlySet<string> = new Set([...MAIN_FIELDS, "input", "taskType", ...ANSWER_FIELDS]);

const DEFAULT_TASK_TYPE = "general";
const MAX_MESSAGES = 200;
const text = z.string({ error: "must be text" });
const taskTypeSchema = text.trim().max(100, "a task type has at most 100 characters");
const messagesSchema = z
  .array(z.unknown(), { error: "must be a list of messages" })
  .max(MAX_MESSAGES, `a prompt has at most ${MAX_MESSAGES} messages`)
  .pipe(promptMessagesSchema);

/** Makes a prompt, with its answer, of a row, or says which field is wrong. */
export function rowToPrompt({ line, fields: asWritten }: RawRow): PromptOfRow | ImportIssue {
  const fields = withPrompt(asWritten);
  const given = mainFieldsOf(fields);
  const main = given[0];
  if (!main) return { line, message: `needs "prompt", "messages" or "instruction" (has ${namesOf(fields)})` };
  if (given[1]) return { line, field: given[1], message: `goes without "${main}": one of them is the prompt` };

  const problem = (field: string, error: z.ZodError): ImportIssue => {
    const issue = error.issues[0];
    return { line, field: [field, ...(issue?.path ?? [])].join("."), message: issue?.message ?? "is not valid" };
  };
  const answer = rowToAnswer(fields);
  if (answer && "message" in answer) return { line, ...answer };
  const conversation = answer ? null : readConversation(main, fields);
  const messages = conversation?.prompt ?? readMessages(main, fields);
  if (!messages.success) return problem(main, messages.error);
  const texts = [...messages.data.map(({ content }) => content), conversation?.answer.content ?? ""];
  if (texts.some((content) => /\0|\p{Surrogate}/u.test(content)))
    return { line, field: main, message: "holds a NUL character or half of a surrogate pair" };
  const taskType = taskTypeSchema.safeParse(fields.taskType ?? "");
  if (!taskType.success) return problem("taskType", taskType.error);
  return {
    line,
    taskType: taskType.data || DEFAULT_TASK_TYPE,
    messages: messages.data,
    answer: answer ?? conversation?.answer ?? null,
  };
}

/** Of a pair of whole conversations the prompt is what they begin with alike. */
function withPrompt(fields: Record<string, unknown>): Record<string, unknown> {
  return mainFieldsOf(fields).length > 0 ? fields : { ...fields, ...implicitPrompt(fields.chosen, fields.rejected) };
}

const mainFieldsOf = (fields: Record<string, unknown>) =>
  MAIN_FIELDS.filter((name) => fields[name] !== undefined && fields[name] !== null && fields[name] !== "");

/** A chat that ends with the assistant: its last turn is the answer to the turns before. */
function readConversation(main: (typeof MAIN_FIELDS)[number], fields: Record<string, unknown>) {
  const value: unknown = fields[main];
  const last: unknown = main === "messages" && Array.isArray(value) ? value.at(-1) : undefined;
  const turn = z.object({ role: z.literal("assistant"), content: z.string().trim().min(1) }).safeParse(last);
  if (!turn.success) return null;
  const prompt = messagesSchema.safeParse((value as unknown[]).slice(0, -1));
  const answer: ImportedAnswer = { kind: "demonstration", content: turn.data.content };
  return { prompt, answer };
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
