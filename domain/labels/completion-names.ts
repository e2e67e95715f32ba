/** Names a completion of a task in the words of an answer. */
export type NameOf = (completionId: string) => string;

/** The letter of a place: "A" for the first. Tasks have far fewer completions than there are letters. */
export const letter = (index: number): string => String.fromCharCode(65 + index);

/** Names completions by letters in the given order. */
export const lettersOf =
  (completionIds: readonly string[]): NameOf =>
  (id) =>
    letter(completionIds.indexOf(id));

/** Names the completions of a comparison by their sides of the annotator's page. */
export const sidesOf =
  (shown: readonly string[]): NameOf =>
  (id) =>
    shown.indexOf(id) === 0 ? "left" : "right";
