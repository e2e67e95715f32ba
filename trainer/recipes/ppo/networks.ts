import type { PpoConfig } from "@/domain/runs/run-config";
import { createGenerator } from "../../generation/generate";
import type { CausalLanguageModel } from "../../models/types";
import { gradientFunction } from "../gradient-function";
import type { PackedCompletions } from "../pack-completions";
import type { RecipeRun } from "../recipe";
import type { RunScope } from "../run-scope";
import { createTextGradients, type TextMix } from "../text-mix";
import { createUpdate } from "../update";
import type { FourModels } from "./four-models";
import { nucleusFinder } from "./nucleus";
import { type PolicyTokens, policyLoss, type ValueTokens, valueLoss } from "./policy-loss";
import { Seat } from "./seat";
import { type TokenForward, tokenForward, type Within } from "./token-forward";
import { policyTokens, updatedTokens, valueTokens } from "./token-functions";

/** The networks of a run, each with its operations. The scoring models have seats of their own. */
export type Networks = {
  policy: Seat<PolicyTools>;
  reference: Seat<TokenForward>;
  /** Null if completions are compared within a prompt (RLOO, GRPO). */
  value: Seat<ValueTools> | null;
};

export type PolicyTools = ReturnType<typeof policyTools>;
export type ValueTools = ReturnType<typeof valueTools>;

/**
 * Seats the networks.
 * @param options.mixes text that the policy learns besides its rollouts
 * @param options.optimizerSteps of the whole run, for the schedule of learning rates
 */
export function seatNetworks(
  run: RecipeRun<"ppo">,
  config: PpoConfig,
  models: FourModels,
  { mixes, optimizerSteps }: { mixes: readonly TextMix[]; optimizerSteps: number },
): Networks {
  const { folder } = models;
  const { adapter } = models.reference;
  const updateOf = (learningRate: number) => (model: CausalLanguageModel, owner: RunScope) =>
    owner.own(createUpdate({ ...config, learningRate }, model.trainable, optimizerSteps));
  const policy = new Seat(
    {
      role: "policy",
      load: models.policy,
      learn: updateOf(config.policyLearningRate),
      build: (model, owner) => policyTools(model, owner, mixes, config),
    },
    folder,
    run,
  );
  const reference = new Seat(
    {
      role: "reference",
      load: models.reference.load,
      build: (model, owner) =>
        tokenForward(
          owner,
          "ppo-reference",
          (packed) => policyTokens({ model, adapter }, packed, config).logProbs,
          config.microBatchSize,
        ),
    },
    folder,
    run,
  );
  const value =
    models.value &&
    new Seat(
      {
        role: "value",
        load: models.value,
        learn: updateOf(config.valueLearningRate),
        build: (model, owner) => valueTools(model, owner, config),
      },
      folder,
      run,
    );
  return { policy, reference, value };
}

/** The policy's operations: write completions, measure them, learn from them. */
function policyTools(model: CausalLanguageModel, scope: RunScope, mixes: readonly TextMix[], config: PpoConfig) {
  const slots = config.microBatchSize;
  return {
    generator: scope.own(createGenerator(model)),
    // Under top-p the sampler's probabilities are those within its nuclei.
    nuclei: config.topP < 1 ? nucleusFinder(scope, model, config) : null,
    logProbs: tokenForward(
      scope,
      "ppo-log-probs",
      (packed) => policyTokens({ model, adapter: true }, packed, config).logProbs,
      slots,
    ),
    sampler: tokenForward(
      scope,
      "ppo-sampler",
      (packed) => updatedTokens(model, packed, { ...config, entropyCoefficient: 0 }).logProbs,
      slots,
    ),
    gradients: gradientFunction(
      scope,
      "ppo-policy-gradients",
      model.trainable,
      (inputs: PackedCompletions & PolicyTokens & Within) =>
        policyLoss(updatedTokens(model, inputs, config), inputs, config),
    ),
    beside: createTextGradients(scope, model, mixes, config),
  };
}

/** The value model's operations: predict values before each token, learn from the returns. */
function valueTools(model: CausalLanguageModel, scope: RunScope, config: PpoConfig) {
  return {
    measure: tokenForward(scope, "ppo-values", (packed) => valueTokens(model, packed), config.microBatchSize),
    gradients: gradientFunction(
      scope,
      "ppo-value-gradients",
      model.trainable,
      (inputs: PackedCompletions & ValueTokens) => valueLoss(valueTokens(model, inputs, config), inputs, config),
    ),
  };
}
