import { Fault } from "./fault";
import { sameTurn, type Turn } from "./turns";

/**
 * Takes off a completion the turns of the prompt that it begins with (all of them, or only the last ones). The most
 * widely used shape of preference data has such an overlap: a text `prompt` beside two whole conversations.
 */
export function withoutPrompt(prompt: readonly Turn[], completion: readonly Turn[]): Turn[] {
  const most = Math.min(prompt.length, completion.length);
  for (let count = most; count > 0; count--) {
    const tail = prompt.slice(prompt.length - count);
    if (tail.every((turn, index) => sameTurn(turn, completion[index] as Turn))) return completion.slice(count);
  }
  return [...completion];
}

/**
 * Counts the turns with which all of these conversations begin alike, so that the shared part ends with the user and
 * each keeps its last turn.
 */
export function sharedTurns(conversations: readonly (readonly Turn[])[]): number {
  const [first, ...others] = conversations;
  if (!first) return 0;
  const most = Math.min(...conversations.map(({ length }) => length)) - 1;
  let alike = 0;
  while (alike < most && others.every((other) => sameTurn(first[alike] as Turn, other[alike] as Turn))) alike += 1;
  while (alike > 0 && first[alike - 1]?.role !== "user") alike -= 1;
  return alike;
}

/**
 * Checks the turns of a prompt.
 *
 * @throws Fault where a prompt does not end with the user, or one of its turns is empty
 */
export function checkPrompt(field: string, prompt: readonly Turn[]): void {
  const empty = prompt.findIndex(({ role, content }) => role !== "system" && content.trim() === "");
  if (empty >= 0) throw new Fault(prompt.length > 1 ? `${field}.${empty}` : field, "is empty");
  if (prompt.at(-1)?.role !== "user") throw new Fault(field, "a prompt ends with the user's turn");
}

/**
 * Checks the turns of a completion.
 *
 * @throws Fault where a completion does not begin and end with the assistant
 */
export function checkCompletion(field: string, completion: readonly Turn[]): void {
  const [first, last] = [completion[0], completion.at(-1)];
  if (!first || !last) throw new Fault(field, "adds nothing to the prompt: it must end with the assistant's turn");
  if (first.role !== "assistant" || last.role !== "assistant") {
    const where = first.role !== "assistant" ? `begins with the ${first.role}` : `ends with the ${last.role}`;
    throw new Fault(field, `must begin and end with the assistant's turn, and ${where}`);
  }
}
