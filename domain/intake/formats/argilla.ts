import { Fault } from "../fault";
import type { IntakeItem, Said } from "../items";
import { readScore } from "../read-values";
import { hasValue, type RowFields } from "../row-fields";
import { readTurns, type Turn } from "../turns";
import { denseRanks } from "./dense-ranks";
import type { Format } from "./format";

type Answer = { question: string; value: unknown };
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const PROMPT_FIELDS = ["prompt", "instruction", "question", "query", "input", "context", "text", "chat", "messages"];
const WAY_OUT =
  "Argilla's export is read where an answer names one of the text fields, ranks them, or rates one of them from 1 to 5; export such a question";

/**
 * Reads Argilla's records: `fields` hold the texts, and `responses` people's answers. Suggestions are no people's
 * answers, and are not read.
 */
export const argilla: Format = {
  name: "Argilla",
  matches: (row) => isObject(row.peek("fields")) && row.given("responses"),
  read(row: RowFields) {
    const fields = row.take("fields")?.value as Record<string, unknown>;
    const answers = answersOf(row, row.take("responses")?.value);
    const names = Object.keys(fields).filter((name) => hasValue(fields[name]));
    const promptField = PROMPT_FIELDS.find((name) => names.includes(name));
    if (promptField === undefined)
      throw new Fault("fields", `${WAY_OUT} (there is no field prompt or instruction)`, true);
    const prompt = readTurns({ field: `fields.${promptField}`, value: fields[promptField] }, "user");
    const texts = new Map<string, Turn[]>(
      names
        .filter((name) => name !== promptField)
        .map((name) => [name, readTurns({ field: `fields.${name}`, value: fields[name] }, "assistant")]),
    );
    const used = new Set<string>();
    const items: Pick<IntakeItem, "prompt" | "said">[] = [];
    for (const { question, value } of answers) {
      const said = saidBy(question, value, texts);
      if (said) {
        items.push({ prompt, said });
        used.add(question);
      } else row.ignore(`responses.${question}`);
    }
    if (answers.length > 0 && items.length === 0) throw new Fault("responses", WAY_OUT, true);
    return { items: items.length > 0 ? items : [{ prompt, said: { kind: "prompt" } }] };
  },
};

/**
 * Reads the answers in both spellings: a list of people's answers for each question, and a list of people with their
 * answers by question.
 */
function answersOf(row: RowFields, responses: unknown): Answer[] {
  const answers: Answer[] = [];
  const add = (question: string, value: unknown, status: unknown) => {
    if (status === "draft" || status === "discarded") row.ignore(`responses of status ${status}`);
    else if (hasValue(value)) answers.push({ question, value });
  };
  if (isObject(responses)) {
    for (const [question, given] of Object.entries(responses))
      for (const one of Array.isArray(given) ? given : [given]) if (isObject(one)) add(question, one.value, one.status);
  } else if (Array.isArray(responses)) {
    for (const one of responses) {
      const values = isObject(one) && isObject(one.values) ? one.values : {};
      for (const [question, said] of Object.entries(values))
        add(question, isObject(said) ? said.value : said, isObject(one) ? one.status : null);
    }
  }
  return answers;
}

function saidBy(question: string, value: unknown, texts: ReadonlyMap<string, Turn[]>): Said | null {
  const names = [...texts.keys()];
  if (typeof value === "string") {
    const chosen = texts.get(value);
    const [other] = names.filter((name) => name !== value);
    if (!chosen || names.length !== 2 || other === undefined) return null;
    return { kind: "comparison", chosen, rejected: texts.get(other) as Turn[], margin: null, strength: null };
  }
  if (Array.isArray(value)) return ranking(value, texts);
  if (typeof value !== "number") return null;
  const rated = names.length === 1 ? names[0] : names.find((name) => question.startsWith(name));
  if (rated === undefined) return null;
  const score = readScore({ field: `responses.${question}`, value });
  if (score === null) return null;
  return {
    kind: "rating",
    completions: [{ turns: texts.get(rated) as Turn[], scores: [{ criterion: question, score }] }],
  };
}

function ranking(value: readonly unknown[], texts: ReadonlyMap<string, Turn[]>): Said | null {
  const ranked = value.flatMap((one) => {
    const turns = isObject(one) && typeof one.value === "string" ? texts.get(one.value) : undefined;
    return turns && isObject(one) && typeof one.rank === "number" ? [{ turns, rank: one.rank }] : [];
  });
  return ranked.length === value.length && ranked.length >= 2
    ? { kind: "ranking", completions: denseRanks(ranked) }
    : null;
}
