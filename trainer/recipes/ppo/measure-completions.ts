import type { Networks, PolicyTools } from "./networks";
import { type Nuclei, nucleiTensor } from "./nucleus";
import type { Sample } from "./rollout";
import type { NucleiOf } from "./token-forward";

/** The policy's measurements of the completions that it wrote. */
export type OwnMeasures = {
  /** log π of each token, from unmasked logits/T. */
  logProbs: Float32Array[];
  /** Log of the probability with which each token was sampled: over its nucleus if top-p is below 1. */
  oldLogProbs: Float32Array[];
  /** The nuclei of a micro-batch's tokens, over which the update takes its probabilities as well. */
  within: NucleiOf;
};

/** The other networks' measurements of the completions. */
export type OtherMeasures = {
  /** log π_ref of each token, from unmasked logits/T. */
  referenceLogProbs: Float32Array[];
  /** V before each token; null without a value model. */
  values: Float32Array[] | null;
};

/** Measures completions with the policy in the state in which it wrote them. */
export async function measureByPolicy(
  tools: Pick<PolicyTools, "logProbs" | "nuclei" | "sampler">,
  samples: readonly Sample[],
  { vocabSize, signal }: { vocabSize: number; signal: AbortSignal },
): Promise<OwnMeasures> {
  const logProbs = await tools.logProbs(samples, signal);
  if (!tools.nuclei) return { logProbs, oldLogProbs: logProbs, within: () => ({}) };
  const nuclei: Nuclei[] = await tools.nuclei(samples, signal);
  const within: OwnMeasures["within"] = (indices, size) => ({
    nuclei: nucleiTensor(nuclei, indices, size, vocabSize),
  });
  return { logProbs, oldLogProbs: await tools.sampler(samples, signal, within), within };
}

/** Measures completions with the reference, and with the value model if there is one. */
export async function measureByOthers(
  { reference, value }: Pick<Networks, "reference" | "value">,
  samples: readonly Sample[],
  signal: AbortSignal,
): Promise<OtherMeasures> {
  const referenceLogProbs = await reference.use(({ tools }) => tools(samples, signal));
  const values = value && (await value.use(({ tools }) => tools.measure(samples, signal)));
  return { referenceLogProbs, values };
}
