import { methodOf } from "@/domain/runs/methods";
import type { RunConfig } from "@/domain/runs/run-config";
import type { LengthStatistics, RunLedger } from "@/domain/runs/run-events";
import type { RunWarning } from "@/domain/runs/run-remarks";
import { shareOf } from "@/domain/statistics/share";

/**
 * When chosen and rejected completions differ in length by this factor on the whole, and in one direction more often
 * than by chance, the pairs teach length.
 */
const MUCH = 1.2;

/**
 * Summarises how the lengths of chosen and rejected completions differ.
 * @param lengths tokens of the chosen and the rejected completion of each pair
 */
export function lengthStatistics(lengths: readonly (readonly [chosen: number, rejected: number])[]): LengthStatistics {
  const unequal = lengths.filter(([chosen, rejected]) => chosen !== rejected);
  return {
    chosen: summary(lengths.map(([chosen]) => chosen)),
    rejected: summary(lengths.map(([, rejected]) => rejected)),
    chosenLonger: shareOf(unequal.filter(([chosen, rejected]) => chosen > rejected).length, unequal.length),
  };
}

/**
 * Warns about a difference in length: a preference method learns the length of chosen completions, long or short,
 * before it learns anything else about them.
 */
export function lengthWarnings(config: RunConfig, lengths: LengthStatistics): RunWarning[] {
  const { chosen, rejected, chosenLonger } = lengths;
  if (chosenLonger.low === null || chosenLonger.high === null || chosenLonger.value === null) return [];
  const adviceOn = (chosenIs: "longer" | "shorter") => {
    const advice = methodOf(config.method).adviseOnLengths?.(config, chosenIs);
    return advice ? ` ${advice}` : "";
  };
  const averages = `${Math.round(chosen.mean)} against ${Math.round(rejected.mean)} tokens on average`;
  if (chosenLonger.low > 0.5 && chosen.mean >= MUCH * rejected.mean) {
    const share = Math.round(100 * chosenLonger.value);
    return [
      {
        field: "chosenIsLonger",
        message: `Chosen completions are much longer than rejected ones (${averages}, longer in ${share} % of pairs): the model may learn length rather than quality.${adviceOn("longer")}`,
      },
    ];
  }
  if (chosenLonger.high < 0.5 && rejected.mean >= MUCH * chosen.mean) {
    const share = 100 - Math.round(100 * chosenLonger.value);
    return [
      {
        field: "chosenIsShorter",
        message: `Chosen completions are much shorter than rejected ones (${averages}, shorter in ${share} % of pairs): the model may learn to be brief rather than good.${adviceOn("shorter")}`,
      },
    ];
  }
  return [];
}

/**
 * A few records that are too long are usual; when this share of all records is left out, the run sees another data set
 * than people made.
 */
const MANY_TOO_LONG = 0.1;

export function tooLongWarnings(
  { records, leftOut }: Pick<RunLedger, "records" | "leftOut">,
  maxLength: number,
): RunWarning[] {
  const count = leftOut.find(({ reason }) => reason === "tooLong")?.count ?? 0;
  if (count < MANY_TOO_LONG * records) return [];
  const share = Math.round((100 * count) / records);
  const message = `${count} of ${records} records (${share} %) are longer than ${maxLength} tokens and left out: raise maxLength, if the model's context allows it.`;
  return [{ field: "manyTooLong", message }];
}

function summary(values: readonly number[]): { mean: number; median: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    median: ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2,
  };
}
