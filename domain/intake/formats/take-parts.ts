import { Fault } from "../fault";
import type { Parts } from "../parts";
import { verdictOf } from "../read-values";
import { type Cell, hasValue, type RowFields } from "../row-fields";
import { sameText } from "../turns";

const PROMPTS = ["prompt", "instruction"];
/**
 * The names that a prompt has in other tools' files, where no key says prompt or instruction. Without an answer beside
 * it, such a key may be anything.
 */
const OTHER_PROMPTS = ["question", "query"];
const ANSWERS = ["completion", "output", "response", "generation"];
/** The keys for an instruction's input, in Alpaca's and in Dolly's spelling. */
const INPUTS = ["input", "context"];
const LABELS = [
  ...["label", "kto_tag", "thumbs", "thumb", "feedback", "vote", "desirable", "accepted", "approved", "preferred"],
  ...["is_correct", "is_preferred", "is_good", "liked"],
];

/**
 * Takes the parts of a row by the names that most tools share.
 *
 * @throws Fault where two keys are the prompt, or two the answer
 */
export function takeParts(row: RowFields): Parts {
  const prompt = takePrompt(row);
  const messages = row.take("messages");
  const completion = only(row, ANSWERS, "the answer");
  const answer = completion && hasValue(completion.value) ? completion : null;
  const sides = takeSides(row, answer, messages);
  return {
    prompt: sides.prompt ?? prompt,
    messages: sides.prompt ? null : messages,
    completion: sides.isOfAnswer ? null : answer,
    chosen: sides.chosen,
    rejected: sides.rejected,
    system: row.takeFirst("system", "system_prompt"),
    label: takeLabel(row),
    margin: row.take("margin"),
    strength: row.take("strength"),
  };
}

function takePrompt(row: RowFields): Cell | null {
  const isNamed = PROMPTS.some((name) => row.has(name)) || row.has("messages");
  const other = OTHER_PROMPTS.find((name) => isText(row.peek(name)));
  if (!isNamed && other !== undefined) return withHistory(row, row.take(other) as Cell);
  // A pair or an answer beside `input` alone: the input is what was asked.
  if (!isNamed && isText(row.peek("input"))) return row.take("input");
  const prompt = only(row, PROMPTS, "the prompt");
  return prompt?.field === "instruction" ? withHistory(row, withInput(row, prompt)) : prompt;
}

const isText = (value: unknown): boolean => typeof value === "string" && hasValue(value);

/** `prompt` is set where the better side is the end of a conversation. */
type Sides = { chosen: Cell | null; rejected: Cell | null; isOfAnswer?: boolean; prompt?: Cell };

/**
 * Takes the two sides of a pair. The better one may stand beside it once more as the answer, or it is the answer, where
 * `rejected_response` is all that a file says of the worse one (ms-swift).
 */
function takeSides(row: RowFields, answer: Cell | null, messages: Cell | null): Sides {
  const [chosen, rejected] = [takeValue(row, "chosen"), takeValue(row, "rejected")];
  if (chosen && rejected)
    return { chosen, rejected, isOfAnswer: answer !== null && isSameText(answer.value, chosen.value) };
  if (chosen || rejected || !row.has("rejected_response")) return { chosen, rejected };
  const worse = row.take("rejected_response");
  if (answer) return { chosen: answer, rejected: worse, isOfAnswer: true };
  if (!messages || !Array.isArray(messages.value)) return { chosen: null, rejected: worse };
  const turns = messages.value as unknown[];
  const prompt = { field: messages.field, value: turns.slice(0, -1) };
  return { chosen: { field: messages.field, value: turns.slice(-1) }, rejected: worse, prompt };
}

const isSameText = (left: unknown, right: unknown): boolean =>
  typeof left === "string" && typeof right === "string" && sameText(left, right);

function takeValue(row: RowFields, name: string): Cell | null {
  const cell = row.take(name);
  return cell && hasValue(cell.value) ? cell : null;
}

function only(row: RowFields, names: readonly string[], what: string): Cell | null {
  const [first, second] = names.filter((name) => row.has(name));
  if (first && second)
    throw new Fault(second, `cannot be combined with "${first}"; only one of the two can be ${what}`);
  return row.takeFirst(...names);
}

/**
 * Takes the verdict from `label` or its other names. A text under one of the other names is a remark, and is named as
 * not read.
 */
function takeLabel(row: RowFields): Cell | null {
  const name = LABELS.find((one) => row.has(one) && (one === "label" || verdictOf(row.peek(one)) !== null));
  return name ? row.take(name) : null;
}

/** Joins an instruction and its input into one turn. */
function withInput(row: RowFields, instruction: Cell): Cell {
  const input = row.takeFirst(...INPUTS);
  if (!input || !hasValue(input.value)) return instruction;
  if (typeof instruction.value !== "string") throw new Fault(instruction.field, "must be text");
  if (typeof input.value !== "string") throw new Fault(input.field, "must be text");
  const isSaid = input.value.trim() !== "";
  return isSaid ? { ...instruction, value: `${instruction.value}\n\n${input.value}` } : instruction;
}

/** Reads LLaMA-Factory's `history`: pairs of earlier questions and answers. */
function withHistory(row: RowFields, instruction: Cell): Cell {
  const history = row.take("history");
  if (!history || !hasValue(history.value)) return instruction;
  const rounds = Array.isArray(history.value) ? (history.value as unknown[]) : [];
  const isWhole = (round: unknown): round is [string, string] =>
    Array.isArray(round) && round.length === 2 && round.every((text) => typeof text === "string");
  if (rounds.length === 0 || !rounds.every(isWhole))
    throw new Fault(history.field, "must be a list of pairs, each a question and its answer");
  const turns = rounds.flatMap(([user, assistant]) => [
    { role: "user", content: user },
    { role: "assistant", content: assistant },
  ]);
  return { ...instruction, value: [...turns, { role: "user", content: instruction.value }] };
}
