import { Fault } from "./fault";
import type { Said } from "./items";
import { checkCompletion, checkPrompt, sharedTurns, withoutPrompt } from "./overlap";
import { readMargin, readStrength, readVerdict } from "./read-values";
import { type Cell, hasValue } from "./row-fields";
import { readContent, readMessages, readTurns, sameText, sameTurns, type Turn } from "./turns";

/** The parts of one row in the roles that they play, whatever its format calls them. */
export interface Parts {
  system?: Cell | null;
  /** The prompt: a text or turns. */
  prompt?: Cell | null;
  /** A conversation with its prompt and its answer. */
  messages?: Cell | null;
  completion?: Cell | null;
  chosen?: Cell | null;
  rejected?: Cell | null;
  /** Whether the completion is desirable. */
  label?: Cell | null;
  margin?: Cell | null;
  strength?: Cell | null;
}

/**
 * Puts the parts of a row together: which turns are the prompt, what is said of it, and whether the parts contradict one
 * another.
 *
 * @throws Fault that names the key
 */
export function assemble(parts: Parts): { prompt: Turn[]; said: Said } {
  const { chosen, rejected, completion } = parts;
  if (chosen || rejected) {
    if (completion)
      throw new Fault(
        (chosen ?? rejected)?.field ?? null,
        `cannot be combined with "${completion.field}"; a row is either an answer or a pair`,
      );
    if (!chosen || !rejected)
      throw new Fault((chosen ?? rejected)?.field ?? null, 'a pair needs both "chosen" and "rejected"');
    return assemblePair(parts, chosen, rejected);
  }
  return completion ? assembleAnswer(parts, completion) : assembleConversation(parts);
}

function assemblePair(parts: Parts, chosenCell: Cell, rejectedCell: Cell): { prompt: Turn[]; said: Said } {
  const whole = { chosen: readTurns(chosenCell, "assistant"), rejected: readTurns(rejectedCell, "assistant") };
  if (parts.label && hasValue(parts.label.value) && readVerdict(parts.label) === false)
    throw new Fault(
      parts.label.field,
      "is false beside a pair, which could mean that chosen and rejected are swapped; state the better completion as chosen, and leave this key out",
    );
  const given = promptOf(parts);
  let prompt = given?.turns ?? [];
  let { chosen, rejected } = given ? whole : withImplicitPrompt(whole);
  if (given) {
    prompt = withContext(prompt, chosen.slice(0, sharedTurns([chosen, rejected])));
    chosen = withoutPrompt(prompt, chosen);
    rejected = withoutPrompt(prompt, rejected);
  }
  const shared = sharedTurns([chosen, rejected]);
  const field = given?.field ?? "prompt";
  // A prompt that ends with the user can go on with the assistant alone: another question is no part of it.
  if (shared > 0 && prompt.at(-1)?.role !== chosen[0]?.role) {
    prompt = [...prompt, ...chosen.slice(0, shared)];
    chosen = chosen.slice(shared);
    rejected = rejected.slice(shared);
  }
  if (prompt.length === 0)
    throw new Fault("prompt", "is missing, and chosen and rejected do not begin with the same turns");
  prompt = withSystem(parts.system, prompt);
  checkPrompt(field, prompt);
  checkCompletion(chosenCell.field, chosen);
  checkCompletion(rejectedCell.field, rejected);
  checkBeside(parts, [[...prompt, ...chosen], [...prompt, ...rejected], prompt]);
  const margin = parts.margin ? readMargin(parts.margin) : null;
  const strength = parts.strength ? readStrength(parts.strength) : null;
  return { prompt, said: { kind: "comparison", chosen, rejected, margin, strength } };
}

/** The marks of speakers in a conversation that is written as one text. */
const TRANSCRIPT =
  /(?:^|\n)[ \t]*(?:#{1,4} ?)?(?:human|user|assistant|system|instruction|input|response|question|answer|q|a|bot|ai)[ \t]*:|<\|[a-z_]+\|>|\[INST\]|<start_of_turn>/i;

/**
 * Cuts off what two texts without a prompt begin with alike, as TRL does for its implicit prompts: the text before the
 * last white space that they share is what was asked.
 */
function withImplicitPrompt(sides: { chosen: Turn[]; rejected: Turn[] }): { chosen: Turn[]; rejected: Turn[] } {
  const [[chosen, more], [rejected, further]] = [sides.chosen, sides.rejected];
  if (!chosen || !rejected || more || further || chosen.role !== "assistant" || rejected.role !== "assistant")
    return sides;
  const [left, right] = [chosen.content, rejected.content];
  let alike = 0;
  while (alike < left.length && alike < right.length && left[alike] === right[alike]) alike += 1;
  while (alike > 0 && !/\s/.test(left.charAt(alike))) alike -= 1;
  const [text, isAsked] = [left.slice(0, alike), left.slice(0, alike).trim() !== ""];
  if (TRANSCRIPT.test(text))
    throw new Fault(
      "prompt",
      "is missing, and chosen and rejected are transcripts of a kind that is not read; write prompt, chosen and rejected, or lists of messages",
    );
  if (!isAsked || left.slice(alike).trim() === "" || right.slice(alike).trim() === "") return sides;
  const prompt: Turn = { role: "user", content: text };
  return {
    chosen: [prompt, { ...chosen, content: left.slice(alike) }],
    rejected: [prompt, { ...rejected, content: right.slice(alike) }],
  };
}

function assembleAnswer(parts: Parts, cell: Cell): { prompt: Turn[]; said: Said } {
  const given = promptOf(parts);
  let completion = readTurns(cell, "assistant");
  let prompt = given?.turns ?? [];
  if (given) {
    prompt = withContext(prompt, completion.slice(0, -1));
    completion = withoutPrompt(prompt, completion);
  } else {
    // A completion that is a whole conversation brings its prompt along.
    prompt = completion.slice(0, -1);
    completion = completion.slice(-1);
    if (prompt.length === 0) throw new Fault("prompt", "is missing");
  }
  prompt = withSystem(parts.system, prompt);
  checkPrompt(given?.field ?? cell.field, prompt);
  checkCompletion(cell.field, completion);
  checkBeside(parts, [[...prompt, ...completion], prompt]);
  return { prompt, said: saidOf(completion, parts.label) };
}

function assembleConversation(parts: Parts): { prompt: Turn[]; said: Said } {
  const given = promptOf(parts);
  if (!given) throw new Fault("prompt", "is missing");
  const { field, isConversation } = given;
  const turns = withSystem(parts.system, given.turns);
  if (isConversation && turns.at(-1)?.role === "assistant") {
    const [prompt, completion] = [turns.slice(0, -1), turns.slice(-1)];
    checkPrompt(field, prompt);
    checkBeside(parts, [turns, prompt]);
    return { prompt, said: saidOf(completion, parts.label) };
  }
  checkPrompt(field, turns);
  checkBeside(parts, [turns]);
  return { prompt: turns, said: { kind: "prompt" } };
}

function saidOf(completion: Turn[], label: Cell | null | undefined): Said {
  const desirable = label ? readVerdict(label) : null;
  return desirable === null ? { kind: "demonstration", completion } : { kind: "unpaired", completion, desirable };
}

/** The key of the prompt, or else of the conversation. */
function promptOf({ prompt, messages }: Parts): { field: string; turns: Turn[]; isConversation: boolean } | null {
  if (prompt) return { field: prompt.field, turns: readTurns(prompt, "user"), isConversation: false };
  if (messages) return { field: messages.field, turns: readMessages(messages), isConversation: true };
  return null;
}

/**
 * A conversation beside the prompt must be one of those that the other keys make, or else the row would say two things
 * at once.
 */
function checkBeside({ prompt, messages }: Parts, made: Turn[][]): void {
  if (!prompt || !messages) return;
  const beside = readMessages(messages);
  const bare = (turns: readonly Turn[]) => turns.filter(({ role }) => role !== "system");
  if (made.some((turns) => sameTurns(turns, beside) || sameTurns(bare(turns), bare(beside)))) return;
  throw new Fault(
    messages.field,
    `says something else than "${prompt.field}", and only one of the two can be the prompt`,
  );
}

/** Puts the system's text before the turns. A conversation that has one of its own must have the same. */
function withSystem(cell: Cell | null | undefined, turns: Turn[]): Turn[] {
  if (!cell || !hasValue(cell.value)) return turns;
  const { text, partKeys } = readContent(cell.field, cell.value);
  const own = turns.find(({ role }) => role === "system");
  if (!own) return [{ role: "system", content: text, ...(partKeys.length > 0 && { partKeys }) }, ...turns];
  if (sameText(own.content, text)) return turns;
  throw new Fault(cell.field, "is another text than the system's turn in the conversation");
}

/**
 * Completes a prompt whose turns stand inside the conversations beside it, after a system's turn or after earlier
 * turns: these then come before the prompt too.
 *
 * @param before the turns that all of the conversations begin with
 */
function withContext(prompt: Turn[], before: readonly Turn[]): Turn[] {
  for (let start = 1; start + prompt.length <= before.length; start++) {
    if (sameTurns(before.slice(start, start + prompt.length), prompt)) return before.slice(0, start + prompt.length);
  }
  return prompt;
}
