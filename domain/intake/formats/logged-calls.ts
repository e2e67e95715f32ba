import { Fault } from "../fault";
import { isObject } from "../is-object";
import type { IntakeItem } from "../items";
import { endedByItself } from "../mark-cut";
import { assemble, type Parts } from "../parts";
import { type Cell, hasValue, type RowFields } from "../row-fields";
import { TOOLS_NOT_READ } from "../turns";
import type { Format } from "./format";

const REQUESTS = ["request", "body", "params"];
const RESPONSES = ["response", "result"];
const TURN_KEYS = ["messages", "input"];

/** The request of a call: its turns, and the keys that set the sampler and say nothing of the text. */
type Request = { at: string; turns: Cell; system: Cell | null; others: Record<string, unknown> };

/**
 * Reads logged calls of OpenAI's or Anthropic's interface, batches included: a request with its turns, and the response.
 * Each choice of a response is an answer by itself. A request without a response is a prompt.
 */
export const loggedCalls: Format = {
  name: "a log of OpenAI or Anthropic calls",
  matches: (row) =>
    requestKey(row) !== undefined ||
    (row.has("messages") && (Array.isArray(row.peek("choices")) || isObject(row.peek("response")))) ||
    (row.has("custom_id") && responseKey(row) !== undefined),
  read(row) {
    const request = takeRequest(row);
    const answers = takeAnswers(row);
    row.take("custom_id");
    if (!request)
      throw new Fault(
        null,
        "the file holds a batch's answers without their prompts; put each request beside its answer, joined by custom_id",
        true,
      );
    for (const [key, value] of Object.entries(request.others)) if (hasValue(value)) row.ignore(`${request.at}${key}`);
    const parts: Parts = { prompt: request.turns, system: request.system };
    if (answers === null) return { parts };
    const [only, second] = answers;
    if (!only) throw new Fault("response", "the log of calls has no answer of the assistant in it");
    if (!second) return { parts: { ...parts, completion: only } };
    const items: Pick<IntakeItem, "prompt" | "said">[] = answers.map((completion) =>
      assemble({ ...parts, completion }),
    );
    return { items };
  },
};

const hasTurns = (value: unknown): boolean =>
  isObject(value) && TURN_KEYS.some((key) => Array.isArray(value[key]) || (key === "input" && hasValue(value[key])));

const requestKey = (row: RowFields): string | undefined => REQUESTS.find((key) => hasTurns(row.peek(key)));
const responseKey = (row: RowFields): string | undefined => RESPONSES.find((key) => isObject(row.peek(key)));

function takeRequest(row: RowFields): Request | null {
  const key = requestKey(row);
  if (key === undefined) {
    const turns = row.take("messages");
    return turns && { at: "", turns, system: row.takeFirst("system", "instructions"), others: {} };
  }
  row.take(key);
  const { messages, input, system, instructions, ...others } = row.peek(key) as Record<string, unknown>;
  const at = `${key}.`;
  const given = system ?? instructions;
  return {
    ...{ at, others },
    turns: messages === undefined ? { field: `${at}input`, value: input } : { field: `${at}messages`, value: messages },
    system: hasValue(given)
      ? { field: system === undefined ? `${at}instructions` : `${at}system`, value: given }
      : null,
  };
}

/** Takes the answers of a response; null where the row has no response. */
function takeAnswers(row: RowFields): Cell[] | null {
  const key = responseKey(row);
  if (key === undefined)
    return row.given("choices") ? answersIn(row, "", { choices: row.take("choices")?.value }) : null;
  const outer = row.take(key)?.value as Record<string, unknown>;
  // OpenAI's batches hold the answer in `body`, Anthropic's in `message`, and either may hold an error instead.
  for (const inner of ["body", "message"]) {
    if (isObject(outer[inner])) return answersIn(row, `${key}.${inner}.`, outer[inner]);
  }
  if (
    hasValue(outer.error) ||
    (typeof outer.type === "string" && ["errored", "canceled", "expired"].includes(outer.type))
  )
    throw new Fault(key, "the call failed, so there is no answer in it");
  return answersIn(row, `${key}.`, outer);
}

/** Finds the answers in OpenAI's `choices`, in the `output` of its newer interface, or in Anthropic's `content`. */
function answersIn(row: RowFields, at: string, response: Record<string, unknown>): Cell[] {
  const { choices, output, role, content, stop_reason, incomplete_details, ...others } = response;
  const nameOthers = (path: string, values: Record<string, unknown>) => {
    for (const [key, value] of Object.entries(values)) if (hasValue(value)) row.ignore(`${path}${key}`);
  };
  nameOthers(at, others);
  if (Array.isArray(choices)) {
    return choices.filter(isObject).map(({ index, message, finish_reason, ...more }, place) => {
      nameOthers(`${at}choices[].`, more);
      const field = `${at}choices.${place}.message`;
      if (!isObject(message)) throw new Fault(field, "is missing");
      if (!hasValue(message.content) && hasValue(message.refusal))
        throw new Fault(`${field}.refusal`, "is a refusal by the service, and no answer");
      return withEnd(field, message, finish_reason);
    });
  }
  if (Array.isArray(output)) return messagesIn(row, at, output, incomplete_details);
  if (role !== "assistant") return [];
  return [withEnd(at.slice(0, -1), { role, content }, stop_reason)];
}

/** Reads the messages among the parts of an answer. A reasoning beside them is named as not read. */
function messagesIn(row: RowFields, at: string, output: readonly unknown[], incomplete: unknown): Cell[] {
  const reason = isObject(incomplete) ? incomplete.reason : undefined;
  return output.flatMap((one, place) => {
    const { type, role, content } = isObject(one) ? one : ({} as Record<string, unknown>);
    if (role === "assistant") return [withEnd(`${at}output.${place}`, { role, content }, reason)];
    if (typeof type === "string" && type.endsWith("_call")) throw new Fault(`${at}output.${place}`, TOOLS_NOT_READ);
    row.ignore(`${at}output[] of type ${String(type)}`);
    return [];
  });
}

/** Marks an answer that the token limit cut. */
const withEnd = (field: string, message: Record<string, unknown>, reason: unknown): Cell => ({
  field,
  value: endedByItself(reason) === false ? { ...message, finished: false } : message,
});
