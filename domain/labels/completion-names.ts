/** Names a completion of a task in the words of an answer. */
export type NameOf = (completionId: string) => string;

/** The letter of a place: "A" for the first. Tasks have far fewer completions than there are letters. */
export const letter = (index: number): string => String.fromCharCode(65 + index);
