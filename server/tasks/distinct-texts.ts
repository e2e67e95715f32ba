/**
 * Selects the completions that a person can tell apart and a model can learn from. Those without text are left out,
 * because training leaves them out as well and their labels would be lost; of equal texts the first stays.
 */
export function distinctTexts<Completion extends { content: string }>(
  completions: readonly Completion[],
): Completion[] {
  const seen = new Set([""]);
  return completions.filter(({ content }) => {
    const text = content.trim();
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}
