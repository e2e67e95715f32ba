import { Fault } from "../fault";
import { isObject } from "../is-object";
import type { IntakeItem, Said } from "../items";
import { readScore } from "../read-values";
import { hasValue, type RowFields } from "../row-fields";
import { readTurns, type Turn } from "../turns";
import { denseRanks } from "./dense-ranks";
import type { Format } from "./format";

type Answer = { question: string; value: unknown };
const PROMPT_FIELDS = ["prompt", "instruction", "question", "query", "input", "context", "text", "chat", "messages"];
const WAY_OUT =
  "Argilla's export is read where an answer names one of the text fields, ranks them, or rates one of them from 1 to 5; export such a question";

/**
 * Reads Argilla's records: `fields` hold the texts, and `responses` people's answers. Suggestions are no people's
 * answers, and are not read.
 */
export const argilla: Format = {
  name: "Argilla",
  matches: (row) => (isObject(row.peek("fields")) && row.given("responses")) || flatQuestions(row).length > 0,
  read(row: RowFields) {
    const questions = flatQuestions(row);
    const fields = questions.length > 0 ? flatFields(row) : (row.take("fields")?.value as Record<string, unknown>);
    const answers = questions.length > 0 ? flatAnswers(row, questions) : answersOf(row, row.take("responses")?.value);
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
    const items: Pick<IntakeItem, "prompt" | "said">[] = [];
    for (const { question, value } of answers) {
      const said = saidBy(question, value, texts);
      if (said) items.push({ prompt, said });
      else row.ignore(`responses.${question}`);
    }
    if (answers.length > 0 && items.length === 0) throw new Fault("responses", WAY_OUT, true);
    return { items: items.length > 0 ? items : [{ prompt, said: { kind: "prompt" } }] };
  },
};

const ANSWERS_SUFFIX = ".responses";

/** The questions of a record that Argilla has flattened into columns, as `to_datasets` does. */
const flatQuestions = (row: RowFields): string[] =>
  Object.keys(row.fields).flatMap((key) =>
    key.endsWith(ANSWERS_SUFFIX) && (Array.isArray(row.peek(key)) || row.peek(key) === null)
      ? [key.slice(0, -ANSWERS_SUFFIX.length)]
      : [],
  );

/** The texts of a flattened record: its columns of text besides those about the record and its questions. */
function flatFields(row: RowFields): Record<string, unknown> {
  const names = Object.keys(row.fields).filter(
    (key) => !FLAT_ABOUT.has(key) && !/\.(responses|suggestion)(\.|$)/.test(key) && hasValue(row.peek(key)),
  );
  return Object.fromEntries(
    names.flatMap((key) => {
      const value = row.peek(key);
      if (typeof value !== "string" && !Array.isArray(value)) return [];
      row.take(key);
      return [[key, value]];
    }),
  );
}

const FLAT_ABOUT = new Set([
  "id",
  "_server_id",
  "external_id",
  "status",
  "inserted_at",
  "updated_at",
  "metadata",
  "vectors",
]);

function flatAnswers(row: RowFields, questions: readonly string[]): Answer[] {
  const listAt = (key: string): unknown[] => {
    const value = row.take(key)?.value;
    return Array.isArray(value) ? value : [];
  };
  return questions.flatMap((question) => {
    const column = `${question}${ANSWERS_SUFFIX}`;
    const states = listAt(`${column}.status`);
    listAt(`${column}.users`);
    return listAt(column).flatMap((value, index): Answer[] => {
      const status = states[index];
      if (status !== "draft" && status !== "discarded") return hasValue(value) ? [{ question, value }] : [];
      row.ignore(`responses of status ${status}`);
      return [];
    });
  });
}

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
  // Where "response-1" and "response-10" both begin the question's name, the longer one is meant.
  const [named] = names.filter((name) => question.startsWith(name)).sort((a, b) => b.length - a.length);
  const rated = names.length === 1 ? names[0] : named;
  if (rated === undefined) return null;
  const score = readScore({ field: `responses.${question}`, value });
  if (score === null) return null;
  return {
    kind: "rating",
    completions: [{ turns: texts.get(rated) as Turn[], scores: [{ criterion: question, score }] }],
  };
}

/** Reads names with ranks, as Argilla 1 writes them, or names in their order, as Argilla 2 does. */
function ranking(value: readonly unknown[], texts: ReadonlyMap<string, Turn[]>): Said | null {
  const ranked = value.flatMap((one, index) => {
    const inOrder = typeof one === "string" ? texts.get(one) : undefined;
    if (inOrder) return [{ turns: inOrder, rank: index + 1 }];
    const turns = isObject(one) && typeof one.value === "string" ? texts.get(one.value) : undefined;
    return turns && isObject(one) && typeof one.rank === "number" ? [{ turns, rank: one.rank }] : [];
  });
  return ranked.length === value.length && ranked.length >= 2
    ? { kind: "ranking", completions: denseRanks(ranked) }
    : null;
}
