import type { Check } from "../verdict";
import { clear, found } from "../verdict";

/** Asks whether the loss or a gradient stopped being a number, which ends the run. */
export const numericalFailure: Check = {
  name: "numerical-failure",
  title: "Numbers that are not finite",
  speaksOf: "every run",
  examine({ failure }) {
    if (failure?.code !== "non-finite-loss") return clear("Every loss and every gradient was a finite number.");
    const { message, step } = failure;
    // A run that ended in its first step has no figures to look at.
    const place =
      step === 0
        ? { metric: null, steps: null }
        : { metric: "gradNorm", steps: [Math.max(1, step - 5), step] satisfies [number, number] };
    return found(
      "critical",
      [{ text: message, ...place, value: null }],
      "The message says where the failure begins. If it came after some steps, start a new run with half of the learning rate or less. If it was there from the first step, the base model is damaged or overflows on this data, and you need another one. If only the loss is not finite, look at the step's records and at the coefficients of the loss.",
    );
  },
};
