import { Fault } from "../fault";
import { type Cell, hasValue, type RowFields } from "../row-fields";
import type { Format } from "./format";
import { takeParts } from "./take-parts";

/** The places where a turn of a transcript begins. */
const SPEAKER = /(?:^|\r?\n\r?\n)(System|Human|Assistant):/;
const ROLES: Record<string, string> = { System: "system", Human: "user", Assistant: "assistant" };
const isTranscript = (value: unknown): value is string =>
  typeof value === "string" && (/^\s*Human:/.test(value) || /^\s*System:[\s\S]*\n\r?\nHuman:/.test(value));

/**
 * Reads HH-RLHF, where each text is a whole conversation, "\n\nHuman: … \n\nAssistant: …" (Bai et al. 2022, arXiv
 * 2204.05862).
 */
export const hhTranscripts: Format = {
  name: "HH-RLHF transcripts",
  matches: (row) => ["chosen", "rejected", "prompt", "text"].some((name) => isTranscript(row.peek(name))),
  read(row: RowFields) {
    const text = isTranscript(row.peek("text")) && !row.has("prompt") && !row.has("chosen") ? row.take("text") : null;
    const parts = takeParts(row);
    return {
      parts: {
        ...parts,
        prompt: inTurns(parts.prompt),
        chosen: inTurns(parts.chosen),
        rejected: inTurns(parts.rejected),
        ...(text && { messages: inTurns(text) }),
      },
    };
  },
};

/** A transcript as turns. An open "Assistant:" at the end of a prompt is where the answer goes. */
function inTurns(cell: Cell | null | undefined): Cell | null {
  if (!cell || !hasValue(cell.value)) return cell ?? null;
  if (!isTranscript(cell.value)) return cell;
  const [before = "", ...pieces] = cell.value.replace(/^\s*(?=(?:Human|System):)/, "").split(SPEAKER);
  if (before.trim() !== "") throw new Fault(cell.field, 'does not begin with "Human:"');
  const turns: { role: string; content: string }[] = [];
  for (let index = 0; index < pieces.length; index += 2)
    turns.push({
      role: ROLES[pieces[index] ?? ""] ?? "user",
      content: (pieces[index + 1] ?? "").replace(/^ /, ""),
    });
  const isAnswer = cell.field === "chosen" || cell.field === "rejected";
  if (isAnswer && !turns.some(({ role }) => role === "assistant"))
    throw new Fault(cell.field, 'is a transcript without a turn of the "Assistant:" after an empty line');
  const isOpen = cell.field === "prompt" && turns.at(-1)?.role === "assistant" && turns.at(-1)?.content.trim() === "";
  return { ...cell, value: isOpen ? turns.slice(0, -1) : turns };
}
