/** The steps of one member of an ensemble: those after `after`, up to and including `upTo`. */
export interface MemberSteps {
  /** The member's number, counted from 1. */
  member: number;
  after: number;
  upTo: number;
}

/**
 * Tells which of a run's steps belong to which member. An ensemble's members are trained one after another, each for as
 * many steps, and the run's steps count through them. A run that trains one model, or whose length is not known yet,
 * has one part without end.
 * @param configuration as in RUN.json
 */
export function memberSteps(
  configuration: Readonly<Record<string, unknown>>,
  totalSteps: number | null | undefined,
): MemberSteps[] {
  const { ensemble } = configuration; // for PPO `ensemble` is a word: how it scores
  if (typeof ensemble !== "number" || ensemble === 1 || !totalSteps)
    return [{ member: 1, after: 0, upTo: Number.POSITIVE_INFINITY }];
  const ofOne = totalSteps / ensemble;
  return Array.from({ length: ensemble }, (_, index) => ({
    member: index + 1,
    after: index * ofOne,
    upTo: (index + 1) * ofOne,
  }));
}

export const isIn = ({ after, upTo }: MemberSteps, step: number): boolean => step > after && step <= upTo;
