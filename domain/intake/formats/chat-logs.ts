import { Fault } from "../fault";
import type { Parts } from "../parts";
import { type Cell, hasValue, type RowFields } from "../row-fields";
import type { Format } from "./format";

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const inside = (row: RowFields, ...names: string[]): Record<string, unknown> => {
  const name = names.find((one) => isObject(row.peek(one)));
  return name === undefined ? {} : (row.peek(name) as Record<string, unknown>);
};

function objectAt(row: RowFields, name: string): Record<string, unknown> {
  const value = row.take(name)?.value;
  if (isObject(value)) return value;
  throw new Fault(name, "must be an object");
}

/** The keys of a request that set the sampler and say nothing of the text. */
function nameOthers(row: RowFields, at: string, others: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(others)) if (hasValue(value)) row.ignore(`${at}.${key}`);
}

/** Finds the answer in a response of OpenAI (`choices[0].message`) or of Anthropic (`content`). */
function answerIn(at: string, response: Record<string, unknown>): Cell | null {
  const body = isObject(response.body) ? response.body : response;
  const [choice] = Array.isArray(body.choices) ? (body.choices as unknown[]) : [];
  if (isObject(choice)) return { field: `${at}.choices.0.message`, value: choice.message };
  if (body.role === "assistant") return { field: at, value: { role: "assistant", content: body.content } };
  return null;
}

/** Reads logged calls of OpenAI's or Anthropic's interface: a request with its messages, and the response. */
export const loggedCalls: Format = {
  name: "a log of OpenAI or Anthropic calls",
  matches: (row) =>
    (Array.isArray(inside(row, "request", "body").messages) && isObject(row.peek("response"))) ||
    (row.has("messages") && (Array.isArray(row.peek("choices")) || isObject(row.peek("response")))),
  read(row) {
    const at = ["request", "body"].find((name) => isObject(row.peek(name)));
    const { messages, system, ...others } = at
      ? objectAt(row, at)
      : { messages: row.take("messages")?.value, system: row.take("system")?.value };
    if (at) nameOthers(row, at, others);
    const response = row.take("response")?.value;
    const completion = isObject(response)
      ? answerIn("response", response)
      : answerIn("choices", { choices: row.take("choices")?.value });
    if (!completion) throw new Fault("response", "the log of calls has no answer of the assistant in it");
    const parts: Parts = { prompt: { field: at ? `${at}.messages` : "messages", value: messages }, completion };
    return { parts: hasValue(system) ? { ...parts, system: { field: "system", value: textOf(system) } } : parts };
  },
};

/** Reads Anthropic's system message, which is a text or a list of text parts. */
const textOf = (system: unknown): unknown =>
  Array.isArray(system)
    ? system.map((part) => (isObject(part) && typeof part.text === "string" ? part.text : "")).join("")
    : system;

/** Reads OpenAI's file for preference fine-tuning. */
export const openAiPreferences: Format = {
  name: "OpenAI preference pairs",
  matches: (row) => row.has("preferred_output") && row.has("non_preferred_output"),
  read(row) {
    const { messages, ...others } = objectAt(row, "input");
    nameOthers(row, "input", others);
    return {
      parts: {
        prompt: { field: "input.messages", value: messages },
        chosen: row.take("preferred_output"),
        rejected: row.take("non_preferred_output"),
      },
    };
  },
};

/** Reads conversations as claude.ai exports them. */
export const claudeConversations: Format = {
  name: "Claude conversations",
  matches: (row) => Array.isArray(row.peek("chat_messages")),
  read(row) {
    const list = row.take("chat_messages")?.value as unknown[];
    const turns = list.filter(isObject).map(({ sender, text, content, ...others }) => {
      nameOthers(row, "chat_messages[]", others);
      return { from: sender, value: hasValue(text) ? text : content };
    });
    return { parts: { messages: { field: "chat_messages", value: untilAssistant(row, turns) } } };
  },
};

/** Reads conversations as ChatGPT exports them: a tree of nodes, of which the branch that was last shown is read. */
export const chatGptConversations: Format = {
  name: "ChatGPT conversations",
  matches: (row) => isObject(row.peek("mapping")),
  read(row) {
    const nodes = row.take("mapping")?.value as Record<string, unknown>;
    const turns: { from: unknown; value: string }[] = [];
    const seen = new Set<string>();
    for (let id = row.take("current_node")?.value; typeof id === "string" && !seen.has(id); ) {
      seen.add(id);
      const node: unknown = nodes[id];
      if (!isObject(node)) break;
      const { author, content } = isObject(node.message) ? node.message : ({} as Record<string, unknown>);
      const parts = isObject(content) && Array.isArray(content.parts) ? content.parts : [];
      const text = parts.filter((part) => typeof part === "string").join("");
      if (isObject(author) && text !== "") turns.unshift({ from: author.role, value: text });
      id = node.parent;
    }
    if (turns.length === 0)
      throw new Fault("mapping", "ChatGPT's conversation has no turns on the branch that was last shown");
    return { parts: { messages: { field: "mapping", value: untilAssistant(row, turns) } } };
  },
};

/** A last message of a person that nobody answered is not learned. */
function untilAssistant<T extends { from: unknown }>(row: RowFields, turns: T[]): T[] {
  const last = turns.findLastIndex(({ from }) => from === "assistant");
  if (last >= 0 && last < turns.length - 1) row.ignore("turns after the assistant's last one");
  return last >= 0 ? turns.slice(0, last + 1) : turns;
}
