import { z } from "zod";
import { field } from "../field-meaning";
import { nllField, sftMixFields } from "../fields/sft-mix";
import type { Reason, RunWarning } from "../run-remarks";
import type { RunCircumstances } from "./method-description";
import { defineRecordMethod } from "./record-method";

const fields = {
  beta: field(z.number().positive().default(0.1), {
    title: "β",
    meaning: "How closely the policy keeps to the model it started from.",
    group: "method",
    basic: true,
    safe: { min: 0.01, max: 0.5, why: "KTO was published with 0.01–0.5", start: [0.1, 0.3] },
  }),
  desirableWeight: field(z.number().positive().optional(), {
    title: "Weight of desirable",
    meaning: "Above 1 where desirable completions are rare.",
    whenAbsent: "from the counts of both kinds.",
    group: "method",
  }),
  undesirableWeight: field(z.number().positive().optional(), {
    title: "Weight of undesirable",
    meaning: "Above 1 where undesirable completions are rare.",
    whenAbsent: "from the counts of both kinds.",
    group: "method",
  }),
  ...sftMixFields,
  nllCoefficient: nllField,
};

/** KTO; its loss is in `trainer/losses/kto.ts`. */
export const kto = defineRecordMethod(z.literal("kto"), fields, {
  words: {
    name: "KTO",
    title: "KTO",
    subject: "KTO",
    suits: "Learns from completions judged good or bad one by one. Where pairs are few and ratings many.",
  },
  learnsFrom: "unpaired",
  makes: "policy",
  shows: ["records", "preferences", "reference", "text"],
  learningRate: {
    full: 5e-6,
    adapterFactor: 10,
    range: [5e-7, 5e-6],
    source: "the usual range for this method",
  },
  // KTO's reference point is a mean over the batch; with a single example it would be mostly chance.
  smallestBatch: 2,
  ownDefaults: { leftOpen: ["desirableWeight", "undesirableWeight"], fill: weighClasses },
  findWarnings({ batchSize }, { examples, desirable }) {
    const warnings: RunWarning[] = [];
    // TRL refuses a batch of one outright.
    if (batchSize === 1) {
      const message =
        "batchSize 1: KTO measures its reference point once for each example of a batch, so that here it rests on a single completion of another prompt and is mostly chance; take 2 or more.";
      warnings.push({ field: "ktoBatchOfOne", message });
    }
    if (desirable === 0 || desirable === examples) {
      const kind = desirable === 0 ? "undesirable" : "desirable";
      const message = `All ${examples} completions are ${kind}: KTO learns from the difference between both kinds. ${desirable === 0 ? "Collect good ones too." : "Collect bad ones too, or take method sft."}`;
      warnings.push({ field: "ktoOneKind", message });
    }
    return warnings;
  },
});

/**
 * The ratio of the weighted counts of desirable and undesirable completions that the KTO paper recommends (section 4).
 */
const CLASS_RATIO = { min: 1, max: 4 / 3 };

/** Gives the rarer kind more weight where the two counts are further apart than KTO's paper found good. */
function weighClasses(
  {
    desirableWeight,
    undesirableWeight,
  }: { desirableWeight?: number | undefined; undesirableWeight?: number | undefined },
  { examples, desirable = 0 }: RunCircumstances,
): { values: { desirableWeight: number; undesirableWeight: number }; reasons: Reason[] } {
  const undesirable = examples - desirable;
  const given = desirableWeight !== undefined || undesirableWeight !== undefined;
  const plain = { desirableWeight: desirableWeight ?? 1, undesirableWeight: undesirableWeight ?? 1 };
  if (given || desirable <= 0 || undesirable <= 0) return { values: plain, reasons: [] };
  const ratio = desirable / undesirable;
  const round = (weight: number) => Number(weight.toPrecision(3));
  const values =
    ratio > CLASS_RATIO.max
      ? { desirableWeight: 1, undesirableWeight: round(ratio / CLASS_RATIO.max) }
      : { desirableWeight: round(Math.max(1, CLASS_RATIO.min / ratio)), undesirableWeight: 1 };
  if (values.desirableWeight === 1 && values.undesirableWeight === 1) return { values, reasons: [] };
  const text = `Weights ${values.desirableWeight} (desirable) and ${values.undesirableWeight} (undesirable), because there are ${desirable} and ${undesirable} of them: the rarer kind would hardly be heard.`;
  const field = values.desirableWeight === 1 ? "undesirableWeight" : "desirableWeight";
  return { values, reasons: [{ field, text }] };
}
