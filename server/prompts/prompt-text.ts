import type { Message } from "@/domain/messages";

/** Picks what a list shows of a prompt: the last turn, which is the user's. */
export const promptText = (messages: readonly Pick<Message, "content">[]): string => messages.at(-1)?.content ?? "";

/** The messages of a prompt in order, for `select`. */
export const messagesInOrder = {
  orderBy: { position: "asc" },
  select: { role: true, content: true },
} as const;
