import type { z } from "zod";
import { mixIssues } from "../fields/sft-mix";
import { sharedFields } from "../fields/shared";
import type { ConfigIssue, Reason } from "../run-remarks";
import { totalSteps } from "../total-steps";
import {
  type Asked,
  defineMethod,
  type LearningRate,
  type LearnsFrom,
  type MethodFacts,
  type RunCircumstances,
  type TrainingMethod,
} from "./method-description";
import { type DefaultsOfMethod, HELD_AT_ONCE, recommendDefaults } from "./recommend-defaults";

/** The keys that completing fills for every method that learns from records. */
const LEFT_OPEN = [
  "batchSize",
  "microBatchSize",
  "epochs",
  "learningRate",
  "warmupSteps",
  "evaluateEvery",
  "checkpointEvery",
] as const;
type SharedOpen = (typeof LEFT_OPEN)[number];

type ShapeOf<Name extends z.ZodType, Own extends z.ZodRawShape> = { method: Name } & typeof sharedFields & Own;

/** The facts that a method that learns from records adds to those of every method. */
type RecordMethodFacts<Shape extends z.ZodRawShape, OwnOpen extends string, From extends LearnsFrom> = MethodFacts<
  Shape,
  SharedOpen | OwnOpen,
  From
> & {
  learningRate: LearningRate;
  /** The least number of examples in a batch; one where it is absent. */
  smallestBatch?: number;
  /** The method's own keys that may be left open, and what fills them. */
  ownDefaults?: {
    leftOpen: readonly OwnOpen[];
    fill(
      asked: Asked<Shape>,
      circumstances: RunCircumstances,
    ): { values: Required<Pick<Asked<Shape>, OwnOpen & keyof Asked<Shape>>>; reasons: Reason[] };
  };
};

/** Makes a method that learns from the records of a dataset version: its keys are the shared ones and its own. */
export function defineRecordMethod<
  Name extends z.ZodType,
  Own extends z.ZodRawShape,
  const From extends Exclude<LearnsFrom, "prompt">,
  const OwnOpen extends string = never,
>(
  method: Name,
  own: Own,
  { learningRate, smallestBatch = 1, ownDefaults, ...facts }: RecordMethodFacts<ShapeOf<Name, Own>, OwnOpen, From>,
): TrainingMethod<ShapeOf<Name, Own>, SharedOpen | OwnOpen, From> & DefaultsOfMethod {
  const defaults: DefaultsOfMethod = { learningRates: { learningRate }, smallestBatch };
  const described = defineMethod<ShapeOf<Name, Own>, SharedOpen | OwnOpen, From>(
    { method, ...sharedFields, ...own },
    {
      ...facts,
      ...defaults,
      counts: "step",
      leftOpen: [...LEFT_OPEN, ...(ownDefaults?.leftOpen ?? [])],
      findIssues: (asked, circumstances) => [
        ...batchIssues(sharedOf(asked)),
        ...mixIssues(asked as { sftDataset?: unknown; sftMixRatio?: unknown }),
        ...(facts.findIssues?.(asked, circumstances) ?? []),
      ],
      complete(asked, circumstances) {
        const shared = fillShared(sharedOf(asked), circumstances, defaults);
        const filled = ownDefaults?.fill(asked, circumstances);
        // LEFT_OPEN and OwnOpen together are all that is left open, which the compiler can't see.
        return {
          config: { ...asked, ...filled?.values, ...shared.values } as never,
          reasons: [...shared.reasons, ...(filled?.reasons ?? [])],
        };
      },
    },
  );
  return { ...described, ...defaults };
}

/** The part of a configuration that all these methods have. */
type SharedAsked = Asked<typeof sharedFields>;
/** The key is there by `ShapeOf`, which the compiler can't see for a shape that it does not know yet. */
const sharedOf = (asked: object) => asked as SharedAsked;

function batchIssues({ microBatchSize, batchSize }: SharedAsked): ConfigIssue[] {
  if (!microBatchSize || !batchSize || microBatchSize <= batchSize) return [];
  return [{ path: ["microBatchSize"], message: `${microBatchSize} is more than batchSize ${batchSize}` }];
}

function fillShared(config: SharedAsked, circumstances: RunCircumstances, defaults: DefaultsOfMethod) {
  const { examples, device, fromAdapter = false, countSteps = (of) => totalSteps(of, examples) } = circumstances;
  const recommended = recommendDefaults(defaults, circumstances, {
    adapter: config.lora !== undefined || fromAdapter,
    ...(config.epochs !== undefined && { epochs: config.epochs }),
    ...(config.maxSteps !== undefined && { maxSteps: config.maxSteps }),
  });
  const batchSize = config.batchSize ?? recommended.batchSize;
  // Where steps were asked for, the epochs follow from them.
  const epochs =
    config.epochs ??
    (config.maxSteps === undefined
      ? recommended.epochs
      : Math.max(1, Math.ceil((config.maxSteps * batchSize) / Math.max(1, examples))));
  const steps = countSteps({ ...config, batchSize, epochs });
  const values = {
    batchSize,
    microBatchSize: Math.min(config.microBatchSize ?? HELD_AT_ONCE[device], batchSize),
    epochs,
    learningRate: config.learningRate ?? recommended.learningRate,
    warmupSteps: config.warmupSteps ?? Math.ceil(config.warmupRatio * steps),
    evaluateEvery: config.evaluateEvery ?? Math.max(1, Math.ceil(steps / 5)),
    checkpointEvery: config.checkpointEvery ?? Math.max(1, Math.ceil(steps / 10)),
    ...(config.lora ? { lora: { ...config.lora, alpha: config.lora.alpha ?? 2 * config.lora.rank } } : {}),
  };
  const isOpen = (field: string) =>
    (config as Record<string, unknown>)[field] === undefined && !(field === "epochs" && config.maxSteps !== undefined);
  return { values, reasons: recommended.reasons.filter(({ field }) => isOpen(field)) };
}
