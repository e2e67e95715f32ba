import { z } from "zod";
import { type Message, messageSchema } from "@/domain/messages";

/** Turns of a conversation. */
export const turns = z.array(messageSchema, { error: notMessages }).min(1, "is empty");

/** The same, or a text, which is one turn: an instruct model reads and writes inside its chat template alone. */
export const turnsOrText = (role: Message["role"]) =>
  z.preprocess((value) => (typeof value === "string" ? [{ role, content: value }] : value), turns);

function notMessages(issue: { input?: unknown }): string | undefined {
  if (typeof issue.input !== "string") return undefined;
  return 'is a text; it must be a list of messages, such as [{"role": "user", "content": "…"}]';
}
