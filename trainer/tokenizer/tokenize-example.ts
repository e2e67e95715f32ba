import type { Message } from "@/domain/messages";
import { renderChat } from "./chat-template";
import type { Tokenizer } from "./types";

/** What it takes to write messages as tokens. */
export interface Chat {
  tokenizer: Tokenizer;
  chatTemplate: string | null;
}

export interface TokenizedExample {
  promptIds: number[];
  /** End of turn and what the template writes after it included. */
  completionIds: number[];
}

/** A prompt's tokens with the opening of the assistant's turn: what generation starts from. */
export function tokenizePrompt({ tokenizer, chatTemplate }: Chat, prompt: readonly Message[]): number[] {
  return tokenizer.encode(
    renderChat(chatTemplate, prompt, { addGenerationPrompt: true, specialTokens: tokenizer.specialTokens }),
  );
}

/**
 * The one tokenization of every method: the text is the template's own, the completion is what the full rendering
 * has after the common token prefix with the rendered prompt. Taking tokens (not characters) means that a merge
 * across the border belongs to the completion as a whole, and that training sees exactly the ids of the full text.
 */
export function tokenizeExample(
  chat: Chat,
  { prompt, completion }: { prompt: readonly Message[]; completion: readonly Message[] },
): TokenizedExample {
  const { tokenizer, chatTemplate } = chat;
  const promptIds = tokenizePrompt(chat, prompt);
  const full = renderChat(chatTemplate, [...prompt, ...completion], { specialTokens: tokenizer.specialTokens });
  const fullIds = tokenizer.encode(full);
  let common = 0;
  while (common < promptIds.length && promptIds[common] === fullIds[common]) common++;
  return { promptIds: fullIds.slice(0, common), completionIds: fullIds.slice(common) };
}
