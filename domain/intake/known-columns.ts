/** The names of columns whose meaning is known without asking. */
const KNOWN_COLUMNS: ReadonlySet<string> = new Set([
  ...["prompt", "messages", "instruction", "input", "completion", "output", "chosen", "rejected", "system", "history"],
  ...["label", "kto_tag", "rating", "strength", "margin", "weight", "split", "answer", "taskType", "text"],
  ...["finished", "chosenFinished", "rejectedFinished"],
  ...["question", "query", "generation", "rejected_response"],
  ...["conversations", "conversation", "responses", "fields", "completions", "prompt_id"],
]);

const BY_SMALL_LETTERS = new Map([...KNOWN_COLUMNS].map((name) => [name.toLowerCase(), name]));

/** Gives a column the name that is read, whatever the case of a spreadsheet's heading; null for an unknown one. */
export const knownColumn = (column: string): string | null =>
  KNOWN_COLUMNS.has(column) ? column : (BY_SMALL_LETTERS.get(column.toLowerCase()) ?? null);

export const isKnownColumn = (column: string): boolean => knownColumn(column) !== null;
