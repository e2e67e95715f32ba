import { Fault } from "../fault";
import type { IntakeItem, Said } from "../items";
import { readScore } from "../read-values";
import { hasValue, type RowFields } from "../row-fields";
import { readTurns, type Turn } from "../turns";
import type { Format } from "./format";

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const PROMPT_KEYS = ["prompt", "instruction", "question", "query", "input", "context", "text"];
const WAY_OUT =
  "Label Studio's export is read where its results are pairwise, a rating from 1 to 5, or a ranker over the texts of data; export such a project, or turn it into prompt, chosen and rejected";

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
    const texts = Object.entries(data).filter(
      ([key, value]) => key !== promptKey && typeof value === "string" && value !== "",
    );
    const answers = texts.map(([key, value]): [string, Turn[]] => [
      key,
      readTurns({ field: `data.${key}`, value }, "assistant"),
    ]);
    const items: Pick<IntakeItem, "prompt" | "said">[] = [];
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
        const said = saidBy(result, answers);
        if (said) items.push({ prompt, said });
        else row.ignore(`annotations[].result of type ${String(result.type)}`);
      }
    }
    if (results > 0 && items.length === 0) throw new Fault("annotations", WAY_OUT, true);
    return { items: items.length > 0 ? items : [{ prompt, said: { kind: "prompt" } }] };
  },
};

function saidBy(
  { type, value, to_name: toName, from_name: fromName }: Record<string, unknown>,
  answers: [string, Turn[]][],
): Said | null {
  if (!isObject(value)) return null;
  const [first, second] = answers;
  if (type === "pairwise" && first && second && answers.length === 2) {
    const chosen = value.selected === "left" ? first : value.selected === "right" ? second : null;
    if (!chosen) return null;
    return {
      kind: "comparison",
      chosen: chosen[1],
      rejected: (chosen === first ? second : first)[1],
      margin: null,
      strength: null,
    };
  }
  if (type === "rating" && first) {
    const rated = answers.length === 1 ? first : answers.find(([key]) => key === toName);
    const score = readScore({ field: "annotations.rating", value: value.rating });
    if (!rated || score === null) return null;
    const criterion = typeof fromName === "string" ? fromName : "rating";
    return { kind: "rating", completions: [{ turns: rated[1], scores: [{ criterion, score }] }] };
  }
  if (type === "ranker") return ranking(value.ranker ?? value, answers);
  return null;
}

/** Reads a list of keys in order, or one such list under a bucket's name. */
function ranking(value: unknown, answers: [string, Turn[]][]): Said | null {
  const list = isObject(value) ? Object.values(value).find(Array.isArray) : value;
  const keys = Array.isArray(list) ? (list as unknown[]) : [];
  const ranked = keys.flatMap((key, index) => {
    const answer = answers.find(([name]) => name === key);
    return answer ? [{ turns: answer[1], rank: index + 1 }] : [];
  });
  return ranked.length >= 2 && ranked.length === keys.length ? { kind: "ranking", completions: ranked } : null;
}
