import { ROLLOUT_METRICS } from "../../runs/rollout-metrics";
import { mean, percent, startAndNow, words } from "../series";
import { type PairLengths, pointsOf } from "../trace";
import { type Check, clear, type Evidence, found, seen, stated, undecided } from "../verdict";

const FEWEST_PAIRS = 20;
/**
 * The share of pairs won by the longer (or the shorter) completion, and the factor between the mean lengths, from which
 * length is what the model learns.
 */
const BIAS = { share: 0.7, factor: 1.25 };
/**
 * The change of the model's own completions that counts: the factor between the longer and the shorter of start and
 * now.
 */
const CHANGED = 1.3;

/**
 * Asks whether the preferences go by length. If so, the model will write longer (or shorter) completions, whatever they
 * say.
 */
export const lengthBias: Check = {
  name: "length-growth",
  title: "Length bias",
  speaksOf: "pairs",
  examine(trace) {
    const { pairs } = trace;
    const lengths = startAndNow(pointsOf(trace, ROLLOUT_METRICS.length));
    const enough = pairs !== undefined && pairs.count >= FEWEST_PAIRS;
    const inPairs = enough ? lengthOfPairs(pairs) : undefined;
    const evidence: Evidence[] = inPairs ? [inPairs.evidence] : [];
    let title = inPairs?.title;
    if (lengths) {
      const [before, now] = [mean(lengths.start), mean(lengths.now)];
      if (now > CHANGED * before || before > CHANGED * now) {
        const text = `The model's completions had ${words(before)} tokens at the start and have ${words(now)} tokens now.`;
        evidence.unshift(seen(ROLLOUT_METRICS.length, lengths.now, now, text));
        title ??= now > before ? "Completions grow longer" : "Completions grow shorter";
      }
    }
    if (evidence.length > 0) return { ...found("warning", evidence, FIX), title };
    if (!lengths && !enough) return undecided(`At least ${FEWEST_PAIRS} pairs are needed to compare their lengths.`);
    return clear(
      pairs
        ? `The longer completion was chosen in ${percent(pairs.chosenLonger)} of the pairs.`
        : "Completions have kept their length.",
    );
  },
};

const FIX =
  "Ask annotators to judge content rather than length, compare completions of equal length, or use a loss that averages over tokens: SimPO, or DPO with loss ipo.";

function lengthOfPairs({ count, chosen, rejected, chosenLonger }: PairLengths) {
  const factor = chosen / Math.max(1, rejected);
  if (chosenLonger >= BIAS.share && factor >= BIAS.factor) {
    const text = `In ${percent(chosenLonger)} of ${count} pairs the longer completion was chosen; chosen completions are ${words(factor)} times as long as rejected ones.`;
    return { title: "People mostly chose the longer one", evidence: stated(text, factor) };
  }
  const inverse = rejected / Math.max(1, chosen);
  if (1 - chosenLonger >= BIAS.share && inverse >= BIAS.factor) {
    const text = `In ${percent(1 - chosenLonger)} of ${count} pairs the shorter completion was chosen; rejected completions are ${words(inverse)} times as long as chosen ones.`;
    return { title: "People mostly chose the shorter one", evidence: stated(text, factor) };
  }
  return undefined;
}
