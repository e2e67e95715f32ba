import type { PpoConfig } from "@/domain/runs/run-config";
import { courseAfter, nextKlCoefficient } from "./kl-coefficient";
import type { PpoNumbers } from "./ppo-state";
import type { Scored } from "./score-completions";

/**
 * Updates the numbers that the next iteration uses: β moves towards the target KL, and the normaliser takes these
 * scores in.
 */
export function adaptNumbers(
  { klCourse }: Readonly<PpoNumbers>,
  { estimates, klCoefficient, moments }: Scored,
  config: PpoConfig,
): PpoNumbers {
  const completions = estimates.kl.length;
  const kl = sum(estimates.kl.map(sum)) / completions;
  const course = courseAfter(klCourse, kl, config);
  return {
    klCourse: course,
    klCoefficient: nextKlCoefficient(klCoefficient, course, completions, config),
    moments,
  };
}

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);
