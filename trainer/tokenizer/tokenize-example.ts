import { DomainError } from "@/domain/errors";
import type { Message } from "@/domain/messages";
import { renderChat } from "./chat-template";
import { commonSuffix } from "./common-suffix";
import type { Tokenizer } from "./types";

/** The tokenizer and template with which messages are written as tokens. */
export interface Chat {
  tokenizer: Tokenizer;
  chatTemplate: string | null;
}

export interface TokenizedExample {
  promptIds: number[];
  /**
   * The completion's ids, with the end of turn and what the template writes after it, unless the completion was cut.
   */
  completionIds: number[];
}

/**
 * A prompt with a completion. `finished: false` says that the completion was cut (at the token limit of a generation, or at
 * the end of a model's context): its tokens end with its text, for what the template writes behind it never came.
 */
export type ChatExample = { prompt: readonly Message[]; completion: readonly Message[]; finished?: boolean };

/** The tokens of a prompt with the opening of the assistant's turn, from which generation starts. */
export function tokenizePrompt({ tokenizer, chatTemplate }: Chat, prompt: readonly Message[]): number[] {
  return tokenizer.encode(
    renderChat(chatTemplate, prompt, { addGenerationPrompt: true, specialTokens: tokenizer.specialTokens }),
  );
}

/**
 * Tokenizes an example for every method: the text is the template's own, and the completion is what the full rendering
 * has after the common token prefix with the rendered prompt. Because tokens (not characters) are compared, a merge
 * across the border belongs to the completion as a whole, and training sees exactly the ids of the full text.
 */
export function tokenizeExample(chat: Chat, example: ChatExample): TokenizedExample {
  return tokenizeAfter(chat, tokenizePrompt(chat, example.prompt), example);
}

/**
 * Makes a tokenizer of many examples that remembers the tokens of the last prompt, which comes several times in a row
 * in pairs.
 */
export function exampleTokenizer(chat: Chat): (example: ChatExample) => TokenizedExample {
  let last: { prompt: readonly Message[]; ids: number[] } | null = null;
  return (example) => {
    if (last?.prompt !== example.prompt) last = { prompt: example.prompt, ids: tokenizePrompt(chat, example.prompt) };
    return tokenizeAfter(chat, last.ids, example);
  };
}

function tokenizeAfter(
  chat: Chat,
  promptIds: readonly number[],
  { prompt, completion, finished = true }: ChatExample,
): TokenizedExample {
  const fullIds = chat.tokenizer.encode(renderWhole(chat, [...prompt, ...completion], finished));
  const common = commonPrefix(promptIds, fullIds);
  return { promptIds: fullIds.slice(0, common), completionIds: fullIds.slice(common) };
}

/**
 * The template's text of a conversation; if its last turn was cut, the text ends without what the template writes
 * behind that turn.
 */
function renderWhole({ tokenizer, chatTemplate }: Chat, messages: readonly Message[], finished: boolean): string {
  const render = (turns: readonly Message[]) =>
    renderChat(chatTemplate, turns, { specialTokens: tokenizer.specialTokens });
  const full = render(messages);
  const last = messages.at(-1);
  if (finished || !last) return full;
  // Two conversations that differ in the last letter alone have a common ending after it, which is what the template
  // writes there.
  const [ending, other] = ["x", "y"].map((letter) =>
    render([...messages.slice(0, -1), { ...last, content: last.content + letter }]),
  ) as [string, string];
  const behind = Math.min(commonSuffix(ending, other), commonSuffix(full, ending));
  return full.slice(0, full.length - behind);
}

/** Tokens `start` … `end - 1` of a conversation. */
export type TokenSpan = { start: number; end: number };

/**
 * Finds the assistant's turns in the tokens of a conversation, each with its end of turn. Each is found as
 * `tokenizeExample` finds the completion, so that the last span is that completion. A last turn that was cut
 * (`finished: false`) ends with its text.
 *
 * @throws DomainError `chat-template-failed` if the template writes earlier turns differently once more follow (some
 * drop their reasoning), since then the text of a turn isn't what the model would have written
 */
export function assistantTurns(chat: Chat, messages: readonly Message[], { finished = true } = {}): TokenSpan[] {
  const { tokenizer } = chat;
  const text = (count: number) => renderWhole(chat, messages.slice(0, count), finished || count < messages.length);
  const full = text(messages.length);
  const fullIds = tokenizer.encode(full);
  return messages.flatMap(({ role }, index) => {
    if (role !== "assistant") return [];
    const start = commonPrefix(tokenizePrompt(chat, messages.slice(0, index)), fullIds);
    if (index === messages.length - 1) return [{ start, end: fullIds.length }];
    const upToHere = text(index + 1);
    if (!full.startsWith(upToHere)) {
      const message = `The chat template writes turn ${index + 1} differently when more turns follow, so the model can't learn it there; take lossOn "completion" and a record for each turn`;
      throw new DomainError("chat-template-failed", message);
    }
    return [{ start, end: commonPrefix(tokenizer.encode(upToHere), fullIds) }];
  });
}

function commonPrefix(left: readonly number[], right: readonly number[]): number {
  let common = 0;
  while (common < left.length && left[common] === right[common]) common++;
  return common;
}
