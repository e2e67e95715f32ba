import type { Share } from "../statistics/share";

/** A question with its right answer first. A model picks the answer that it finds likeliest, so no text is parsed. */
export type SuiteQuestion = readonly [question: string, right: string, ...wrong: string[]];

/**
 * A small test of one capability, to notice that training made a model forget. `questions` measure and are never trained
 * on; `practice` are questions of the same kind whose answers may be mixed into training where the capability falls.
 */
export interface CapabilitySuite {
  name: string;
  title: string;
  questions: readonly SuiteQuestion[];
  practice: readonly SuiteQuestion[];
}

/** A model's answer to one question: the option that it found likeliest. */
export interface SuiteAnswer {
  question: string;
  right: string;
  chosen: string;
  isRight: boolean;
}

export interface CapabilityResult {
  suite: string;
  /** The share of questions answered rightly, with Wilson's interval. */
  accuracy: Share;
  /** The answers in the order of the suite. */
  answers: SuiteAnswer[];
}
