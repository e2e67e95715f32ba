import { ROLLOUT_METRICS } from "../../runs/rollout-metrics";
import { mean, percent, startAndNow, words } from "../series";
import { pointsOf } from "../trace";
import { type Check, clear, type Evidence, found, seen, stated, undecided } from "../verdict";

const FEWEST_PAIRS = 20;
/** Share of pairs won by the longer completion, and factor of the mean lengths, from which length is what is learned. */
const BIAS = { share: 0.7, factor: 1.25 };
const GROWN = 1.3;

/** Preferences that go by length: the model will write longer completions, whatever they say. */
export const lengthBias: Check = {
  name: "length-growth",
  title: "Completions grow longer",
  appliesTo: (method) => ["reward", "dpo", "orpo", "simpo"].includes(method),
  examine(trace) {
    const { pairs } = trace;
    const lengths = startAndNow(pointsOf(trace, ROLLOUT_METRICS.length));
    const evidence: Evidence[] = [];
    if (lengths && mean(lengths.now) > GROWN * mean(lengths.start)) {
      const text = `Completions of the model had ${words(mean(lengths.start))} tokens at the start and have ${words(mean(lengths.now))} now.`;
      evidence.push(seen(ROLLOUT_METRICS.length, lengths.now, mean(lengths.now), text));
    }
    if (pairs && pairs.count >= FEWEST_PAIRS) {
      const factor = pairs.chosen / Math.max(1, pairs.rejected);
      if (pairs.chosenLonger >= BIAS.share && factor >= BIAS.factor)
        evidence.push(
          stated(
            `In ${percent(pairs.chosenLonger)} of ${pairs.count} pairs the longer completion was chosen; chosen ones are ${words(factor)} times as long.`,
            factor,
          ),
        );
    }
    const fix =
      "Ask annotators to judge content and not length, compare completions of equal length, or take a loss that counts by token: SimPO, or DPO with loss ipo.";
    if (evidence.length > 0) return found("warning", evidence, fix);
    if (!lengths && (!pairs || pairs.count < FEWEST_PAIRS))
      return undecided(`${FEWEST_PAIRS} pairs are needed to compare their lengths`);
    return clear(
      pairs
        ? `the longer completion was chosen in ${percent(pairs.chosenLonger)} of the pairs`
        : "completions kept their length",
    );
  },
};
