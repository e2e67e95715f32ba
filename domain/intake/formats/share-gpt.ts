import { Fault } from "../fault";
import type { RowFields } from "../row-fields";
import { readMessages } from "../turns";
import type { Format } from "./format";
import { takeParts } from "./take-parts";

/**
 * Reads ShareGPT's `conversations` of `from` and `value`, and those of LLaMA-Factory, with `chosen` and `rejected` or
 * KTO's label.
 */
export const shareGpt: Format = {
  name: "ShareGPT",
  matches: (row) => row.has("conversations") || row.has("conversation"),
  read(row: RowFields) {
    const messages = row.takeFirst("conversations", "conversation");
    const parts = takeParts(row);
    if (!messages || parts.messages)
      throw new Fault(
        "messages",
        'cannot be combined with "conversations"; only one of the two can be the conversation',
      );
    if (parts.prompt) return { parts: { ...parts, messages } };
    const isAnswered = parts.chosen !== null || parts.rejected !== null || parts.completion !== null;
    const turns = readMessages(messages);
    if (!isAnswered && turns.at(-1)?.role !== "assistant" && turns.some(({ role }) => role === "assistant"))
      throw new Fault(
        messages.field,
        "ends with the human; the last turn must be the assistant's, because it is what is learned",
      );
    return { parts: { ...parts, messages } };
  },
};
