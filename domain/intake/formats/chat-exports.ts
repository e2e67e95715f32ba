import { Fault } from "../fault";
import { isObject } from "../is-object";
import { endedByItself } from "../mark-cut";
import { hasValue, type RowFields } from "../row-fields";
import { TOOLS_NOT_READ } from "../turns";
import type { Format } from "./format";

type Spoken = { from: unknown; value: unknown; finished?: boolean };

/** Reads conversations as claude.ai exports them. */
export const claudeConversations: Format = {
  name: "Claude conversations",
  matches: (row) => Array.isArray(row.peek("chat_messages")),
  read(row) {
    const list = row.take("chat_messages")?.value as unknown[];
    const turns = list.filter(isObject).map(({ sender, text, content, ...others }): Spoken => {
      for (const [key, value] of Object.entries(others)) if (hasValue(value)) row.ignore(`chat_messages[].${key}`);
      for (const part of Array.isArray(content) && hasValue(text) ? (content as unknown[]) : [])
        if (isObject(part) && part.type !== "text") row.ignore(`chat_messages[].content of type ${String(part.type)}`);
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
    const turns: Spoken[] = [];
    const seen = new Set<string>();
    for (let id = row.take("current_node")?.value; typeof id === "string" && !seen.has(id); ) {
      seen.add(id);
      const node: unknown = nodes[id];
      if (!isObject(node)) break;
      const turn = isObject(node.message) ? turnOf(row, `mapping.${id}.message`, node.message) : null;
      if (turn) turns.unshift(turn);
      id = node.parent;
    }
    if (turns.length === 0)
      throw new Fault("mapping", "ChatGPT's conversation has no turns on the branch that was last shown");
    if (Object.keys(nodes).length > seen.size) row.ignore("mapping: branches that were not shown last");
    return { parts: { messages: { field: "mapping", value: untilAssistant(row, turns) } } };
  },
};

/** The kinds of content in which ChatGPT keeps its reasoning, and what it was told of the person. */
const ASIDES = new Set(["thoughts", "reasoning_recap", "user_editable_context", "model_editable_context"]);

/** Reads the turn of a node; null for a node without text. What can't be read as text is refused. */
function turnOf(row: RowFields, at: string, message: Record<string, unknown>): Spoken | null {
  const { author, content, recipient, metadata } = message;
  const { content_type: type, parts, text } = isObject(content) ? content : ({} as Record<string, unknown>);
  if (typeof type === "string" && ASIDES.has(type)) {
    row.ignore(`mapping[].message of type ${type}`);
    return null;
  }
  const pieces = Array.isArray(parts) ? (parts as unknown[]) : [text].filter(hasValue);
  const other = pieces.find((piece) => typeof piece !== "string");
  if (other !== undefined)
    throw new Fault(
      `${at}.content`,
      `a part of type ${JSON.stringify(isObject(other) ? other.content_type : typeof other)} is not read, only text`,
    );
  const value = pieces.join("");
  if (!isObject(author) || value === "") return null;
  if (author.role === "tool" || (hasValue(recipient) && recipient !== "all")) throw new Fault(at, TOOLS_NOT_READ);
  const details = isObject(metadata) && isObject(metadata.finish_details) ? metadata.finish_details.type : undefined;
  const isCut = details === "interrupted" || endedByItself(details) === false;
  return { from: author.role, value, ...(isCut && { finished: false }) };
}

/** A last message of a person that nobody answered is not learned. */
function untilAssistant(row: RowFields, turns: Spoken[]): Spoken[] {
  const last = turns.findLastIndex(({ from }) => from === "assistant");
  if (last >= 0 && last < turns.length - 1) row.ignore("turns after the assistant's last one");
  return last >= 0 ? turns.slice(0, last + 1) : turns;
}
