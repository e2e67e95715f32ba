import { accuracyNearChance } from "./checks/accuracy-near-chance";
import { betaTooHigh } from "./checks/beta-too-high";
import { betaTooLow } from "./checks/beta-too-low";
import { chosenDrift } from "./checks/chosen-drift";
import { collapse } from "./checks/collapse";
import { forgetting } from "./checks/forgetting";
import { formattingExploitation } from "./checks/formatting-exploitation";
import { instability } from "./checks/instability";
import { klExplosion } from "./checks/kl-explosion";
import { learningRate } from "./checks/learning-rate";
import { lengthBias } from "./checks/length-bias";
import { lengthExploitation } from "./checks/length-exploitation";
import { noLearning } from "./checks/no-learning";
import { numericalFailure } from "./checks/numerical-failure";
import { overfitting } from "./checks/overfitting";
import { rewardHacking } from "./checks/reward-hacking";
import { valueInaccurate } from "./checks/value-inaccurate";
import type { Check } from "./verdict";

/** Every question that is asked of a run, in the order in which people should read the answers. */
export const CHECKS: readonly Check[] = [
  numericalFailure,
  learningRate,
  instability,
  klExplosion,
  noLearning,
  rewardHacking,
  lengthExploitation,
  formattingExploitation,
  collapse,
  valueInaccurate,
  forgetting,
  overfitting,
  accuracyNearChance,
  chosenDrift,
  betaTooLow,
  betaTooHigh,
  lengthBias,
];
