import { z } from "zod";

export const messageRoleSchema = z.enum(["system", "user", "assistant"]);
export type MessageRole = z.infer<typeof messageRoleSchema>;

/** One turn of a chat. */
export const messageSchema = z.object({ role: messageRoleSchema, content: z.string() });
export type Message = z.infer<typeof messageSchema>;

/** The longest prompt that is taken in, in UTF-16 units: far more than any context of the models in the catalogue. */
export const MAX_PROMPT_CHARACTERS = 32_000;

/** A prompt: one or more messages that end with the user's turn. */
export const promptMessagesSchema = z
  .array(messageSchema.extend({ content: z.string().min(1, "a message is empty") }))
  .min(1, "a prompt needs at least one message")
  .superRefine((messages, context) => {
    if (messages.at(-1)?.role !== "user")
      context.addIssue({ code: "custom", message: "a prompt ends with the user's turn" });
    const length = messages.reduce((sum, message) => sum + message.content.length, 0);
    if (length > MAX_PROMPT_CHARACTERS)
      context.addIssue({
        code: "custom",
        message: `a prompt has at most ${MAX_PROMPT_CHARACTERS} characters, this one ${length}`,
      });
  });
