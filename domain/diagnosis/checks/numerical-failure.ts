import type { Check } from "../verdict";
import { clear, found } from "../verdict";

/** The loss or a gradient stopped being a number, and the run ended with it. */
export const numericalFailure: Check = {
  name: "numerical-failure",
  title: "Numbers that are not finite",
  speaksOf: "every run",
  examine({ failure }) {
    if (failure?.code !== "non-finite-loss") return clear("every loss and gradient was a number");
    const { message, step } = failure;
    // What ended in its first step has no figures to look at.
    const place =
      step === 0
        ? { metric: null, steps: null }
        : { metric: "gradNorm", steps: [Math.max(1, step - 5), step] satisfies [number, number] };
    return found(
      "critical",
      [{ text: message, ...place, value: null }],
      "Start a new run with half of the learning rate or less. If it happens at step 1 with any, the base model itself is damaged.",
    );
  },
};
