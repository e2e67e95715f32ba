import { checkDirection } from "./check-direction";
import { Fault } from "./fault";
import type { Reading } from "./formats/format";
import { FORMATS } from "./formats/formats";
import type { IntakeItem, IntakeRow, Said } from "./items";
import type { MappedRole } from "./mapped-roles";
import { markCut } from "./mark-cut";
import { assemble } from "./parts";
import type { Place, RawRow, RowProblem } from "./place";
import { readScore, readSplit } from "./read-values";
import { type Cell, RowFields } from "./row-fields";
import { checkedText, readWeight, type Turn } from "./turns";

/** The roles that the person who imports gave to keys: `{ "question": "prompt" }`. */
export type Mapping = Readonly<Record<string, string>>;

/** The keys of a dataset version's lineage: the ids that a record came from. */
const LINEAGE = [
  "promptId",
  "chosenCompletionId",
  "rejectedCompletionId",
  "completionId",
  "labelIds",
  "annotatorIds",
  "votes",
];

/** A row that says of itself that nothing of it is learned. */
export type NotLearned = { notLearned: "weight"; place: Place };

/** Reads a row as the format that it is written in, or says which key is wrong. */
export function readRow({ place, fields }: RawRow, mapping: Mapping = {}): IntakeRow | RowProblem | NotLearned {
  const row = new RowFields(renamed(fields, mapping));
  try {
    return readFields(row, place);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { field, message, ofFile } = error;
    return { place: ofFile ? { line: 0 } : place, ...(field !== null && !ofFile && { field }), message };
  }
}

function readFields(row: RowFields, place: Place): IntakeRow | NotLearned {
  const format = FORMATS.find((one) => one.matches(row));
  if (!format) throw new Fault(null, `needs "prompt", "messages" or "instruction" (has ${namesOf(row.fields)})`);
  if (readWeight("weight", row.take("weight")?.value) === 0) return { notLearned: "weight", place };
  const about = readAbout(row);
  const reading = format.read(row);
  const read = itemsOf(row, reading);
  const items = read.map((item): IntakeItem => {
    const said = read.length === 1 ? markCut(row, item.said) : item.said;
    checkDirection(row, said);
    return { ...item, said: withWholeScores(row, said), ...about };
  });
  noteExtras(row, items);
  return {
    format: format.name,
    mapping: mappingOf(row, reading),
    items,
    task: ("task" in reading && reading.task) || null,
    text: "text" in reading ? checkedText("text", reading.text) : null,
    ignored: row.ignored(),
  };
}

function itemsOf(row: RowFields, reading: Reading): Pick<IntakeItem, "prompt" | "said">[] {
  if ("text" in reading) return [];
  if ("items" in reading) return reading.items;
  const { prompt, said } = assemble(reading.parts);
  return [{ prompt, said: withRating(row, said) }];
}

/** Which keys a row has in which roles. Keys inside of others, such as `request.messages`, are no columns. */
function mappingOf(row: RowFields, reading: Reading): [string, MappedRole][] {
  const parts = "parts" in reading ? Object.entries(reading.parts) : [];
  const cells = parts.flatMap(([role, cell]: [string, Cell | null | undefined]) =>
    cell && Object.hasOwn(row.fields, cell.field) ? [[cell.field, role as MappedRole] as [string, MappedRole]] : [],
  );
  const others = (["rating", "taskType", "split"] as const).filter((name) => row.has(name) && row.isRead(name));
  return [...cells, ...others.map((name): [string, MappedRole] => [name, name])];
}

/** Ratings here are whole numbers from 1 to 5. One with decimals is rounded, and the row says so among what is not read. */
function withWholeScores(row: RowFields, said: Said): Said {
  if (said.kind !== "rating") return said;
  const completions = said.completions.map((completion) => ({
    ...completion,
    scores: completion.scores.map(({ score, ...of }) => {
      if (!Number.isInteger(score)) row.ignore("decimals of ratings (rounded)");
      return { ...of, score: Math.round(score) };
    }),
  }));
  return { ...said, completions };
}

/** A single answer beside a rating from 1 to 5 is a rated completion, and no demonstration. */
function withRating(row: RowFields, said: Said): Said {
  if (said.kind !== "demonstration" || !row.has("rating")) return said;
  const score = readScore(row.take("rating") ?? { field: "rating", value: null });
  if (score === null) return said;
  return {
    kind: "rating",
    completions: [{ turns: said.completion, scores: [{ criterion: "Overall", score }] }],
  };
}

type About = Pick<IntakeItem, "taskType" | "split" | "groupId" | "answer">;

/**
 * Reads what a row says about its example beside the texts. Another tool's column of one of these names is no reason to
 * refuse its file.
 */
function readAbout(row: RowFields): About {
  const split = readSplit(row.peek("split"));
  if (split !== null) row.take("split");
  const groupId = row.peek("groupId");
  if (typeof groupId === "string") row.take("groupId");
  const answer = row.peek("answer");
  if (typeof answer === "string") row.take("answer");
  const taskType = row.take("taskType")?.value;
  if (taskType !== undefined && typeof taskType !== "string") throw new Fault("taskType", "must be text");
  for (const name of LINEAGE) row.take(name);
  return {
    taskType: taskType?.trim() || null,
    split,
    groupId: typeof groupId === "string" && groupId !== "" ? groupId : null,
    answer: typeof answer === "string" && answer !== "" ? answer : null,
  };
}

/** Names the keys of turns beside role, content and weight. The code that takes the row says which of them it reads. */
function noteExtras(row: RowFields, items: readonly IntakeItem[]): void {
  for (const { extras, partKeys } of items.flatMap(turnsOf)) {
    for (const key of Object.keys(extras ?? {})) row.ignore(`messages[].${key}`);
    for (const key of partKeys ?? []) row.ignore(`messages[].content[].${key}`);
  }
}

/** Lists all turns of an item, the prompt's first. */
export function turnsOf({ prompt, said }: Pick<IntakeItem, "prompt" | "said">): Turn[] {
  switch (said.kind) {
    case "prompt":
      return prompt;
    case "demonstration":
    case "unpaired":
      return [...prompt, ...said.completion];
    case "comparison":
      return [...prompt, ...said.chosen, ...said.rejected];
    case "rating":
    case "ranking":
      return [...prompt, ...said.completions.flatMap(({ turns }) => turns)];
  }
}

/** Gives a mapped key the name of its role. A key that already has this name gives way. */
function renamed(fields: Record<string, unknown>, mapping: Mapping): Record<string, unknown> {
  const entries = Object.entries(mapping).filter(([key]) => Object.hasOwn(fields, key));
  if (entries.length === 0) return fields;
  const roles = new Set(entries.map(([, role]) => role));
  const kept = Object.entries(fields).filter(([key]) => !Object.hasOwn(mapping, key));
  return Object.fromEntries([
    ...kept.map(([key, value]) => [roles.has(key) ? `${key} (as it was)` : key, value]),
    ...entries.map(([key, role]) => [role === "ignore" ? `${key} (ignored)` : role, fields[key]]),
  ]);
}

const namesOf = (fields: Record<string, unknown>): string =>
  Object.keys(fields)
    .slice(0, 8)
    .map((name) => `"${name}"`)
    .join(", ") || "no fields";
