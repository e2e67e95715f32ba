import type { Check } from "../verdict";
import { clear, found } from "../verdict";

/** Asks whether the loss or a gradient stopped being a number, which ends the run. */
export const numericalFailure: Check = {
  name: "numerical-failure",
  title: "Numbers that are not finite",
  speaksOf: "every run",
  examine({ failure }) {
    if (failure?.code !== "non-finite-loss") return clear("every loss and gradient was a number");
    const { message, step } = failure;
    // A run that ended in its first step has no figures to look at.
    const place =
      step === 0
        ? { metric: null, steps: null }
        : { metric: "gradNorm", steps: [Math.max(1, step - 5), step] satisfies [number, number] };
    return found(
      "critical",
      [{ text: message, ...place, value: null }],
      "The message says where it begins. After some steps: start a new run with half of the learning rate or less. From the first step on: the base model is damaged or overflows on this data, and another one is needed. Where the loss alone is not finite: look at the step's records and at the loss's coefficients.",
    );
  },
};
