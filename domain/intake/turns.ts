import type { Message, MessageRole } from "../messages";
import { Fault } from "./fault";
import { type Cell, hasValue } from "./row-fields";

/** One turn of a conversation, with what its keys beside role and content say about it. */
export type Turn = Message & {
  /** False where the file says `weight: 0`: nothing of the turn is learned. */
  learned?: false;
  /** False where the text was cut at the token limit of its generation, so that its end was never written. */
  finished?: false;
  /** The other keys with a value, such as `reasoning_content` or `name`. */
  extras?: Record<string, unknown>;
  /** The keys inside the parts of the text that say something and are not read, such as `cache_control`. */
  partKeys?: string[];
};

/** Tells whether a completion ends where its author meant it to. */
export const isFinished = (completion: readonly Turn[]): boolean => completion.at(-1)?.finished !== false;

/** The words by which OpenAI, Llama and TRL name the three roles. */
const ROLES: Record<string, MessageRole> = {
  system: "system",
  developer: "system",
  user: "user",
  assistant: "assistant",
};
/** The speakers in ShareGPT's `from`, in Open-Assistant and in exports of chat pages. */
const SPEAKERS: Record<string, MessageRole> = {
  ...ROLES,
  human: "user",
  prompter: "user",
  gpt: "assistant",
  chatgpt: "assistant",
  model: "assistant",
};
function roleOf(said: unknown): MessageRole | undefined {
  const word = typeof said === "string" ? said.toLowerCase() : "";
  return Object.hasOwn(SPEAKERS, word) ? SPEAKERS[word] : undefined;
}
const TOOL_ROLES = new Set([
  "tool",
  "function",
  "function_call",
  "observation",
  "ipython",
  "tool_call",
  "tool_response",
]);
const TOOL_KEYS = ["tool_calls", "function_call", "tool_call_id"];
const ROLE_KEYS = ["role", "from", "sender"];
const CONTENT_KEYS = ["content", "value", "text"];
/** How OpenAI, Axolotl and ms-swift say beside a turn whether it is learned. */
const LEARNED_KEYS = ["weight", "train", "training", "loss"];
export const TOOLS_NOT_READ = "tool calls are not read; leave the record out, or write the call as text";

/** Tells whether a value is a message of its own rather than a list of them. */
const isMessage = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  ROLE_KEYS.some((key) => Object.hasOwn(value, key));

/**
 * Reads the turns of a value. A text is one turn of `role`; a list of messages, or one message, is read as it is; a
 * text that is a JSON list of messages (as a table's cell holds one) is that list.
 *
 * @throws Fault that names the key
 */
export function readTurns({ field, value }: Cell, role: MessageRole): Turn[] {
  if (typeof value === "string") return turnsOfText(field, value, role);
  if (isMessage(value)) return [readTurn(field, value)];
  return readMessages({ field, value }, "must be text");
}

/** Reads turns from a value that is no text. */
export function readMessages({ field, value }: Cell, otherwise = "must be a list of messages"): Turn[] {
  if (typeof value === "string") {
    const list = listInText(field, value);
    if (list) return readMessages({ field, value: list }, otherwise);
    throw new Fault(field, 'is a text; it must be a list of messages, such as [{"role": "user", "content": "…"}]');
  }
  if (!Array.isArray(value)) throw new Fault(field, otherwise);
  if (value.length === 0) throw new Fault(field, "is empty");
  return value.map((one, index) => {
    const at = `${field}.${index}`;
    if (isMessage(one)) return readTurn(at, one);
    throw new Fault(at, 'must be a message, such as {"role": "user", "content": "…"}');
  });
}

function turnsOfText(field: string, text: string, role: MessageRole): Turn[] {
  const list = listInText(field, text);
  if (list) return readMessages({ field, value: list });
  return [{ role, content: checkedText(field, text) }];
}

/** The beginning of a list of messages as text, also in the spelling of Python and of NumPy: `array([{'role': …`. */
const LIST_IN_TEXT =
  /^\s*(?:array\(|list\()?\s*\[?\s*\{\s*(?:['"](?:role|content|from|value)['"]\s*:|[^{}]*?['"](?:role|from)['"]\s*:)/;

/**
 * Reads the list of messages that a text holds as JSON; null where it holds none. A list in Python's spelling is
 * refused.
 */
function listInText(field: string, text: string): unknown[] | null {
  if (!LIST_IN_TEXT.test(text) || !/['"](?:content|value|text)['"]\s*:/.test(text)) return null;
  try {
    const value: unknown = JSON.parse(text);
    const list = Array.isArray(value) ? value : [value];
    // A single object may as well be an answer in JSON, so that its role must be one that is known.
    const [first] = list;
    const isMeant = Array.isArray(value) || (isMessage(first) && roleOf(first.role ?? first.from) !== undefined);
    return isMeant && list.every(isMessage) ? list : null;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Fault(field, "looks like a list of messages as text, but is not valid JSON; write it with json.dumps");
}

function readTurn(at: string, message: Record<string, unknown>): Turn {
  const roleKey = ROLE_KEYS.find((key) => Object.hasOwn(message, key)) ?? "role";
  const contentKey = CONTENT_KEYS.find((key) => Object.hasOwn(message, key)) ?? "content";
  const said = message[roleKey];
  const names = roleKey === "role" ? ROLES : SPEAKERS;
  const role = roleOf(said);
  const call = TOOL_KEYS.find((key) => hasValue(message[key]));
  if (call) throw new Fault(`${at}.${call}`, TOOLS_NOT_READ);
  if (role === undefined) {
    if (typeof said === "string" && TOOL_ROLES.has(said))
      throw new Fault(`${at}.${roleKey}`, `turns of "${said}" are not read: ${TOOLS_NOT_READ}`);
    throw new Fault(`${at}.${roleKey}`, `${JSON.stringify(said)} is not one of ${Object.keys(names).join(", ")}`);
  }
  const { text, partKeys } = readContent(`${at}.${contentKey}`, message[contentKey]);
  const turn: Turn = { role, content: text };
  if (partKeys.length > 0) turn.partKeys = partKeys;
  const readKeys = new Set([roleKey, contentKey, "weight"]);
  if (isUnlearned(at, message, readKeys)) turn.learned = false;
  if (typeof message.finished === "boolean") {
    readKeys.add("finished");
    if (!message.finished) turn.finished = false;
  }
  const extras = Object.entries(message).filter(([key, value]) => !readKeys.has(key) && hasValue(value));
  if (extras.length > 0) turn.extras = Object.fromEntries(extras);
  return turn;
}

/** Tells whether a turn bears no loss. A key that says more than yes or no is another tool's, and stays unread. */
function isUnlearned(at: string, message: Record<string, unknown>, readKeys: Set<string>): boolean {
  const said = LEARNED_KEYS.filter((key) => key === "weight" || typeof message[key] === "boolean");
  for (const key of said) readKeys.add(key);
  return said.some((key) => readWeight(`${at}.${key}`, message[key]) === 0);
}

/** Reads a text, or joins parts that all are text and names what else they say. */
export function readContent(at: string, content: unknown): { text: string; partKeys: string[] } {
  if (typeof content === "string") return { text: checkedText(at, content), partKeys: [] };
  if (!Array.isArray(content))
    throw new Fault(at, content === null || content === undefined ? "is missing" : "must be text");
  const partKeys = new Set<string>();
  const texts = content.map((part: unknown, index) => {
    if (typeof part === "string") return part;
    const { type, text, ...others } = (typeof part === "object" && part !== null ? part : {}) as Record<
      string,
      unknown
    >;
    const isText = type === undefined || type === "text" || type === "input_text" || type === "output_text";
    if (isText && typeof text === "string") {
      for (const [key, value] of Object.entries(others)) if (hasValue(value)) partKeys.add(key);
      return text;
    }
    if (type === "tool_use" || type === "tool_result") throw new Fault(`${at}.${index}`, TOOLS_NOT_READ);
    throw new Fault(`${at}.${index}`, `a part of type ${JSON.stringify(type)} is not read, only text`);
  });
  return { text: checkedText(at, texts.join("")), partKeys: [...partKeys] };
}

/** Reads a weight, which says whether a turn or a record is learned: 1 or absent for yes, 0 for no. */
export function readWeight(at: string, value: unknown): 0 | 1 {
  if (!hasValue(value)) return 1;
  const weight = typeof value === "string" ? Number(value) : value;
  if (weight === 0 || weight === false) return 0;
  if (weight === 1 || weight === true) return 1;
  throw new Fault(at, `is ${JSON.stringify(value)}; only 0 (not learned) and 1 are read`);
}

/**
 * Checks that a text can be written as UTF-8.
 *
 * @throws Fault where the text holds half of a surrogate pair
 */
export function checkedText(at: string, text: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new Fault(at, "holds half of a surrogate pair: a character was cut in two");
  return text;
}

/** Tells whether two turns say the same, line ends and outer white space aside. */
export const sameTurn = (left: Turn, right: Turn): boolean =>
  left.role === right.role && sameText(left.content, right.content);

const plain = (text: string) => text.replace(/\r\n?/g, "\n").trim();
export const sameText = (left: string, right: string): boolean => left === right || plain(left) === plain(right);

export const sameTurns = (left: readonly Turn[], right: readonly Turn[]): boolean =>
  left.length === right.length && left.every((turn, index) => sameTurn(turn, right[index] as Turn));
