import type { ConfigOf, Method } from "@/domain/runs/run-config";
import type { RunEvent } from "@/domain/runs/run-events";
import type { Backend } from "../engine/backend";
import type { Policy } from "./policy";
import type { RunScope } from "./run-scope";

/** What `runTraining` hands to a recipe. Paths in the configuration are absolute. */
export type RecipeRun<M extends Method = Method> = {
  config: ConfigOf<M>;
  backend: Backend;
  /** Where checkpoints go. */
  checkpointFolder: string;
  /** Where runs that belong together (of a sweep) share what they compute of one reference. Left out: none do. */
  referenceFolder?: string;
  resume: boolean;
  /** Whether the result is that of the newest checkpoint, without another step. */
  finishNow?: boolean;
  signal: AbortSignal;
  /** Whether modules that the configuration names may run: on the command line. */
  trustModules?: boolean;
  /** Owns what must be disposed when the run ends. */
  scope: RunScope;
};

/** A training method: yields what happens, returns the trained policy after the last step. */
export type Recipe<M extends Method = Method> = (run: RecipeRun<M>) => AsyncGenerator<RunEvent, TrainedPolicy>;

export type TrainedPolicy = { policy: Policy; step: number };
