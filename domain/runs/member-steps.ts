/** The steps of one member of an ensemble: those after `after`, up to `upTo`. */
export interface MemberSteps {
  /** From 1. */
  member: number;
  after: number;
  upTo: number;
}

/**
 * An ensemble's members are trained one after another, each for as many steps, and the run's steps count through them. A
 * run that trains one model, or whose length is not known yet, has one part without end.
 * @param configuration as in RUN.json
 */
export function memberSteps(
  configuration: Readonly<Record<string, unknown>>,
  totalSteps: number | null | undefined,
): MemberSteps[] {
  const { ensemble } = configuration; // of PPO a word: how it scores
  const count = typeof ensemble === "number" && totalSteps ? ensemble : 1;
  const ofOne = count > 1 && totalSteps ? totalSteps / count : Number.POSITIVE_INFINITY;
  return Array.from({ length: count }, (_, index) => ({
    ...{ member: index + 1, after: index === 0 ? 0 : index * ofOne, upTo: (index + 1) * ofOne },
  }));
}

export const isIn = ({ after, upTo }: MemberSteps, step: number): boolean => step > after && step <= upTo;
