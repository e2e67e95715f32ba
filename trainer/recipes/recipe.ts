import type { ConfigOf, Method } from "@/domain/runs/run-config";
import type { RunEvent } from "@/domain/runs/run-events";
import type { Backend } from "../engine/backend";
import type { Policy } from "./policy";
import type { RunScope } from "./run-scope";

/** The arguments that `runTraining` hands to a recipe. Paths in the configuration are absolute. */
export type RecipeRun<M extends Method = Method> = {
  config: ConfigOf<M>;
  backend: Backend;
  /** The folder that checkpoints go to. */
  checkpointFolder: string;
  /**
   * The folder in which runs that belong together (those of a sweep) share their results about one reference; undefined
   * for a run that shares none.
   */
  referenceFolder?: string;
  resume: boolean;
  /** Whether the result is made from the newest checkpoint, without another step. */
  finishNow?: boolean;
  signal: AbortSignal;
  /** Whether modules that the configuration names may run, as they may on the command line. */
  trustModules?: boolean;
  /** Whether rows with a fault are left out and counted, instead of refusing their file. */
  skipBadRows?: boolean;
  /** The scope that owns what must be disposed when the run ends. */
  scope: RunScope;
};

/** A training method: yields the run's events, returns the trained policy after the last step. */
export type Recipe<M extends Method = Method> = (run: RecipeRun<M>) => AsyncGenerator<RunEvent, TrainedPolicy>;

export type TrainedPolicy = { policy: Policy; step: number };
