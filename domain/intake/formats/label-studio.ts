import { Fault } from "../fault";
import { isObject } from "../is-object";
import type { IntakeItem, Said } from "../items";
import { readScore } from "../read-values";
import { hasValue, type RowFields } from "../row-fields";
import { readTurns, type Turn } from "../turns";
import type { Format } from "./format";

const PROMPT_KEYS = ["prompt", "instruction", "question", "query", "input", "context", "text"];
/** Where the entries of Label Studio's `<List>` keep their text. */
const BODY_KEYS = ["body", "html", "text", "title"];
/** What Label Studio calls the place of entries that nobody has ranked. */
const UNRANKED = "_";
const WAY_OUT =
  "Label Studio's export is read where its results are pairwise, a rating from 1 to 5, a ranker, or a text area over the texts of data; export such a project, or turn it into prompt, chosen and rejected";

/** The texts that can be answers, by name, each with the key of data that holds it. */
type Answers = ReadonlyMap<string, { turns: Turn[]; key: string }>;
type Item = Pick<IntakeItem, "prompt" | "said">;

/** Reads Label Studio's tasks: `data` holds the texts, `annotations` what people said of them. */
export const labelStudio: Format = {
  name: "Label Studio",
  matches: (row) => isObject(row.peek("data")) && Array.isArray(row.peek("annotations") ?? row.peek("completions")),
  read(row: RowFields) {
    const data = row.take("data")?.value as Record<string, unknown>;
    const annotations = (row.takeFirst("annotations", "completions")?.value ?? []) as unknown[];
    const promptKey = PROMPT_KEYS.find((key) => hasValue(data[key]));
    if (promptKey === undefined) throw new Fault("data", `${WAY_OUT} (data has no prompt)`, true);
    const prompt = readTurns({ field: `data.${promptKey}`, value: data[promptKey] }, "user");
    const answers = answersIn(data, promptKey);
    const items: Item[] = [];
    const used = new Set<string>();
    let results = 0;
    for (const annotation of annotations) {
      if (!isObject(annotation)) continue;
      if (annotation.was_cancelled === true) {
        row.ignore("annotations that were cancelled");
        continue;
      }
      for (const result of Array.isArray(annotation.result) ? annotation.result : []) {
        if (!isObject(result)) continue;
        results += 1;
        const said = saidBy(result, answers, used);
        if (said) items.push({ prompt, said });
        else row.ignore(`annotations[].result of type ${String(result.type)}`);
      }
    }
    if (results > 0 && items.length === 0) throw new Fault("annotations", WAY_OUT, true);
    for (const [key, value] of Object.entries(data))
      if (key !== promptKey && hasValue(value) && !used.has(key)) row.ignore(`data.${key}`);
    return { items: items.length > 0 ? items : [{ prompt, said: { kind: "prompt" } }] };
  },
};

/** Gathers the texts that can be answers: those of data, and the entries of its lists by their ids. */
function answersIn(data: Record<string, unknown>, promptKey: string): Answers {
  const answers = new Map<string, { turns: Turn[]; key: string }>();
  for (const [key, value] of Object.entries(data)) {
    if (key === promptKey) continue;
    if (typeof value === "string" && value !== "")
      answers.set(key, { turns: readTurns({ field: `data.${key}`, value }, "assistant"), key });
    for (const [index, entry] of Array.isArray(value) ? [...value.entries()] : []) {
      if (!isObject(entry) || (typeof entry.id !== "string" && typeof entry.id !== "number")) continue;
      const body = BODY_KEYS.find((name) => hasValue(entry[name]));
      if (body === undefined) continue;
      const field = `data.${key}.${index}.${body}`;
      answers.set(`${entry.id}`, { turns: readTurns({ field, value: entry[body] }, "assistant"), key });
    }
  }
  return answers;
}

function saidBy(result: Record<string, unknown>, answers: Answers, used: Set<string>): Said | null {
  const { type, value, to_name: toName, from_name: fromName } = result;
  if (!isObject(value)) return null;
  const compared = comparedKeys(toName, answers);
  if (type === "pairwise" && compared) {
    const [left, right] = compared;
    const isLeft = value.selected === "left";
    if (!isLeft && value.selected !== "right") return null;
    const [chosen, rejected] = isLeft ? [left, right] : [right, left];
    return {
      ...{ kind: "comparison", margin: null, strength: null },
      chosen: take(chosen, answers, used),
      rejected: take(rejected, answers, used),
    };
  }
  if (type === "rating") {
    const [single] = answers.keys();
    const rated = typeof toName === "string" && answers.has(toName) ? toName : answers.size === 1 ? single : undefined;
    const score = readScore({ field: "annotations.rating", value: value.rating });
    if (rated === undefined || score === null) return null;
    const criterion = typeof fromName === "string" ? fromName : "rating";
    return { kind: "rating", completions: [{ turns: take(rated, answers, used), scores: [{ criterion, score }] }] };
  }
  if (type === "textarea") {
    const [text, second] = Array.isArray(value.text) ? (value.text as unknown[]) : [value.text];
    if (typeof text !== "string" || text.trim() === "" || second !== undefined) return null;
    return {
      kind: "demonstration",
      completion: readTurns({ field: "annotations.textarea", value: text }, "assistant"),
    };
  }
  if (type === "ranker") return ranking(value.ranker ?? value, answers, used);
  return null;
}

/**
 * The two texts of a pairwise result, the left one first. `toName` names them in order, "answer1,answer2". Where it has
 * other names than data has, the only two texts of data are taken in their order.
 */
function comparedKeys(toName: unknown, answers: Answers): [string, string] | null {
  const named = typeof toName === "string" ? toName.split(",").map((name) => name.trim().replace(/^\$/, "")) : [];
  const isNamed = named.length === 2 && named.every((name) => answers.has(name));
  const [left, right] = isNamed ? named : [...answers.keys()];
  return (isNamed || answers.size === 2) && left !== undefined && right !== undefined ? [left, right] : null;
}

/** Takes an answer that is there, and notes that its key of data is read. */
function take(name: string, answers: Answers, used: Set<string>): Turn[] {
  const { turns, key } = answers.get(name) as { turns: Turn[]; key: string };
  used.add(key);
  return turns;
}

/**
 * Reads a list of keys in order, or the one bucket of such a list that a person has filled. Several filled buckets are
 * classes and no ranking.
 */
function ranking(value: unknown, answers: Answers, used: Set<string>): Said | null {
  const buckets = isObject(value)
    ? Object.entries(value).filter(([, keys]) => Array.isArray(keys) && hasValue(keys))
    : [];
  const named = buckets.filter(([name]) => name !== UNRANKED);
  const [bucket] = named.length > 0 ? named : buckets;
  const list: unknown = Array.isArray(value) ? value : named.length <= 1 ? bucket?.[1] : null;
  const keys = (Array.isArray(list) ? (list as unknown[]) : []).map(String);
  if (keys.length < 2 || !keys.every((key) => answers.has(key))) return null;
  const completions = keys.map((key, index) => ({ turns: take(key, answers, used), rank: index + 1 }));
  return { kind: "ranking", completions };
}
