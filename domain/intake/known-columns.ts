/** The names of columns whose meaning is known without asking. */
const KNOWN_COLUMNS: ReadonlySet<string> = new Set([
  ...["prompt", "messages", "instruction", "input", "completion", "output", "chosen", "rejected", "system", "history"],
  ...["label", "kto_tag", "rating", "strength", "margin", "weight", "split", "answer", "taskType", "text"],
  ...["finished", "chosenFinished", "rejectedFinished"],
  ...["question", "query", "generation", "rejected_response"],
  ...["conversations", "conversation", "responses", "fields", "completions", "prompt_id"],
]);

export const isKnownColumn = (column: string): boolean => KNOWN_COLUMNS.has(column);
