import { z } from "zod";
import { field } from "../field-meaning";
import { nllField, sftMixFields } from "../fields/sft-mix";
import type { Reason, RunWarning } from "../run-remarks";
import type { RunCircumstances } from "./method-description";
import { defineRecordMethod } from "./record-method";

const fields = {
  beta: field(z.number().positive().default(0.1), {
    title: "β",
    meaning: "How closely the policy is held to the model it started from.",
    group: "method",
    basic: true,
    safe: { min: 0.01, max: 0.5, why: "KTO was published with 0.01–0.5", start: [0.1, 0.3] },
  }),
  desirableWeight: field(z.number().positive().optional(), {
    title: "Weight of desirable",
    meaning: "The weight of desirable completions; above 1 where they are rare.",
    whenAbsent: "the counts of both kinds decide.",
    group: "method",
  }),
  undesirableWeight: field(z.number().positive().optional(), {
    title: "Weight of undesirable",
    meaning: "The weight of undesirable completions; above 1 where they are rare.",
    whenAbsent: "the counts of both kinds decide.",
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
    suits:
      "Learns from completions that were judged good or bad one by one. It suits projects with few pairs and many ratings.",
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
        "With batchSize 1, KTO's reference point rests on a single completion of another prompt and is mostly chance. Use a batchSize of 2 or more.";
      warnings.push({ field: "ktoBatchOfOne", message });
    }
    if (desirable === 0 || desirable === examples) {
      const kind = desirable === 0 ? "undesirable" : "desirable";
      const message = `All ${examples} completions are ${kind}: KTO learns from the difference between desirable and undesirable completions. ${desirable === 0 ? "Collect desirable completions too." : "Collect undesirable completions too, or use the method sft."}`;
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
  const text = `Weights ${values.desirableWeight} (desirable) and ${values.undesirableWeight} (undesirable), because there are ${desirable} desirable and ${undesirable} undesirable completions: without weights, the rarer kind would hardly count.`;
  const field = values.desirableWeight === 1 ? "undesirableWeight" : "desirableWeight";
  return { values, reasons: [{ field, text }] };
}
