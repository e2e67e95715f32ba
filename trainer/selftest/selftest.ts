import type { Check } from "./check";
import { checkAdvantages, checkGae, checkObjective } from "./check-advantages";
import { checkPreferenceLosses } from "./check-preference-losses";
import { checkSampledPpo } from "./check-sampled-ppo";
import { checkScores } from "./check-scores";
import { createSetting } from "./setting";

/**
 * Proves losses, advantages, scores and the PPO update on a language whose optimum is known exactly. The functions are
 * the recipes' own; only the network is replaced by a table. `loadBackend()` must have been called.
 */
export async function* selftest(): AsyncGenerator<Check> {
  const setting = createSetting();
  yield* checkAdvantages(setting);
  yield* checkObjective(setting);
  yield* checkGae();
  yield* checkScores(setting);
  yield* await checkSampledPpo(setting);
  yield* checkPreferenceLosses(setting);
}
