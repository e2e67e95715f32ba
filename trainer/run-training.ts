import { appendFile, mkdir, stat } from "node:fs/promises";
import path from "node:path";
import { DomainError } from "@/domain/errors";
import { PLACES } from "@/domain/runs/fields/places";
import { ROLLOUTS_FILE } from "@/domain/runs/rollouts";
import type { Method, RunConfig } from "@/domain/runs/run-config";
import type { RunEvent, RunOutput } from "@/domain/runs/run-events";
import { type Backend, loadBackend } from "./engine/backend";
import { writeFileAtomically } from "./file-formats/atomic-write";
import { isMissing } from "./file-formats/file-errors";
import { wholeLines } from "./file-formats/json-rows";
import { dpo } from "./losses/dpo";
import { simpo } from "./losses/simpo";
import { CriticalWatch, runPaused } from "./pause-on-critical";
import { type Trained, trainEnsemble } from "./recipes/ensemble";
import { trainKto } from "./recipes/kto";
import { trainOrpo } from "./recipes/orpo";
import { pairRecipe } from "./recipes/pair-recipe";
import { savePolicy } from "./recipes/policy";
import { trainPpo } from "./recipes/ppo";
import type { Recipe } from "./recipes/recipe";
import { reportOnRewards } from "./recipes/report-on-rewards";
import { trainReward } from "./recipes/reward";
import { RunScope } from "./recipes/run-scope";
import { RunStopped } from "./recipes/run-stopped";
import { trainSft } from "./recipes/sft";

export type RunTrainingOptions = {
  /**
   * The folder that receives run.json, ledger.json, metrics.jsonl, checkpoints/, and model/ or adapter/ at the end; a
   * reward run adds reward-report.json.
   */
  outputDir: string;
  /** Aborting stops the run after the current micro-batch, with a checkpoint to go on from. */
  signal?: AbortSignal;
  /** Called at every event; the run waits for it. */
  onEvent?: (event: RunEvent) => void | Promise<void>;
  /** Goes on from the newest checkpoint in `outputDir`, if there is one. */
  resume?: boolean;
  /** Makes the result from the newest checkpoint in `outputDir`, without another step; needs `resume`. */
  finishNow?: boolean;
  /**
   * A folder that runs with one reference policy (those of a sweep) share: its log-probs are computed once and kept
   * there.
   */
  referenceFolder?: string;
  /**
   * Lets the configuration name the user's own reward functions, whose code then runs; only the command line sets it.
   */
  trustModules?: boolean;
  /** Leave rows with a fault out, counted in the ledger, instead of refusing their file. */
  skipBadRows?: boolean;
};

const recipes: { [M in Method]: Recipe<M> } = {
  sft: trainSft,
  reward: trainReward,
  dpo: pairRecipe(dpo),
  kto: trainKto,
  orpo: trainOrpo,
  simpo: pairRecipe(simpo),
  ppo: trainPpo,
};

/**
 * Trains as the configuration says; the command line and the worker both call it. Nothing is written before
 * configuration, data and model have been found good.
 *
 * @param config with absolute paths (`resolveRunPaths`)
 * @throws DomainError in one line for a person; `run-cancelled` when the signal was aborted, `run-paused` when the
 * configuration asks for pauses and a diagnosis is critical; both leave a checkpoint to go on from
 */
export async function runTraining(config: RunConfig, options: RunTrainingOptions): Promise<RunOutput> {
  const { outputDir, onEvent, resume = false, finishNow = false } = options;
  const started = performance.now();
  await refuseForeignFolder(outputDir, resume);
  const backend = await loadBackend();
  const record = createRecord(outputDir);
  const watch = config.pauseOnCritical ? await CriticalWatch.open(outputDir, resume) : null;
  const pause = new AbortController();
  let paused: DomainError | undefined;
  const signal = options.signal ? AbortSignal.any([options.signal, pause.signal]) : pause.signal;
  const trustModules = options.trustModules ?? false;
  const { referenceFolder, skipBadRows = false } = options;
  const run = trainAll(config, {
    outputDir,
    resume,
    finishNow,
    signal,
    backend,
    trustModules,
    skipBadRows,
    ...(referenceFolder !== undefined && { referenceFolder }),
  });
  try {
    for (;;) {
      const { done, value } = await run.next();
      if (!done) {
        await record(value);
        await onEvent?.(value);
        const verdict = await watch?.see(value);
        if (verdict && value.type === "step") {
          paused = runPaused(verdict, value.step);
          pause.abort();
        }
        continue;
      }
      const { output, step } = value;
      await onEvent?.({ type: "finished", step, seconds: (performance.now() - started) / 1000, output });
      return output;
    }
  } catch (error) {
    // A person's own wish to stop takes precedence over a pause.
    if (paused && error instanceof RunStopped && !options.signal?.aborted) throw paused;
    throw error;
  } finally {
    // The listener may have thrown; even then the run has to let go of its models.
    await run.return({} as never);
  }
}

type Circumstances = {
  outputDir: string;
  resume: boolean;
  finishNow: boolean;
  signal: AbortSignal;
  backend: Backend;
  referenceFolder?: string;
  trustModules: boolean;
  skipBadRows: boolean;
};

async function* trainAll(config: RunConfig, run: Circumstances): AsyncGenerator<RunEvent, Trained> {
  const checkpointFolder = path.join(run.outputDir, "checkpoints");
  if (config.method !== "reward") return yield* trainOne(config, { ...run, checkpointFolder });
  const trained =
    config.ensemble === 1
      ? yield* trainOne(config, { ...run, checkpointFolder })
      : yield* trainEnsemble(config, run, (member, folders) => trainOne(member, { ...run, ...folders }));
  yield* reportOnRewards(config, trained.output, run);
  return trained;
}

/** Trains one model, from the first record to the files of the result. */
async function* trainOne(
  config: RunConfig,
  run: Circumstances & { checkpointFolder: string },
): AsyncGenerator<RunEvent, Trained> {
  // The method selects a matching recipe and configuration, which the type of the table can't express.
  const recipe = recipes[config.method] as Recipe;
  const scope = new RunScope();
  try {
    const { policy, step } = yield* recipe({ config, scope, ...run });
    yield { type: "phase", phase: "saving", message: "Writing the result" };
    return { output: await savePolicy(policy, run.outputDir), step };
  } finally {
    scope.dispose();
  }
}

/**
 * Makes the configuration's paths absolute; they are relative to the folder of RUN.json. A catalogue name or hub id
 * stays as it is.
 */
export async function resolveRunPaths<Config extends RunConfig>(config: Config, folder: string): Promise<Config> {
  const file = (name: string) => path.resolve(folder, name);
  const model = (name: string) =>
    stat(file(name)).then(
      () => file(name),
      () => name,
    );
  const named: Readonly<Record<string, unknown>> = config;
  const places: Record<string, string | string[]> = {};
  for (const [key, kind] of Object.entries(PLACES)) {
    const value = named[key];
    if (typeof value === "string") places[key] = kind === "file" ? file(value) : await model(value);
    if (Array.isArray(value)) places[key] = await Promise.all(value.map(model));
  }
  const rewardFunctions =
    config.method === "ppo" &&
    config.rewardFunctions.map((reward) =>
      reward.name === "module" ? { ...reward, path: file(reward.path) } : reward,
    );
  return { ...config, ...places, ...(rewardFunctions && { rewardFunctions }) };
}

/** Refuses a folder that holds another run, because two runs in one folder would mix their metrics. */
async function refuseForeignFolder(outputDir: string, resume: boolean): Promise<void> {
  if (resume) return;
  try {
    await stat(path.join(outputDir, "run.json"));
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  throw new DomainError(
    "output-conflict",
    `${outputDir}: already holds a run; continue it (--resume) or name another folder`,
  );
}

/** Writes a run's events into its files: one JSON line a step in metrics.jsonl, validation in rows of its own. */
function createRecord(outputDir: string): (event: RunEvent) => Promise<void> {
  const metrics = path.join(outputDir, "metrics.jsonl");
  const rollouts = path.join(outputDir, ROLLOUTS_FILE);
  const appendRow = (row: object) => appendFile(metrics, `${JSON.stringify(row)}\n`);
  let isFirst = true;
  let isFirstRollout = true;
  return async (event) => {
    if (event.type === "resolved") {
      await mkdir(outputDir, { recursive: true });
      await writeFileAtomically(path.join(outputDir, "run.json"), `${JSON.stringify(event.config, null, 2)}\n`);
      const ledger = { ...event.ledger, warnings: event.warnings };
      await writeFileAtomically(path.join(outputDir, "ledger.json"), `${JSON.stringify(ledger, null, 2)}\n`);
    }
    if (event.type === "step") {
      if (isFirst) await keepRowsBefore(metrics, event.step, "step");
      isFirst = false;
      const { step, epoch, tokens, tokensPerSecond, seconds } = event;
      await appendRow({ step, epoch, ...event.metrics, tokens, tokensPerSecond, seconds });
    }
    if (event.type === "rollouts") {
      if (isFirstRollout) await keepRowsBefore(rollouts, event.step, "iteration");
      isFirstRollout = false;
      await appendFile(rollouts, event.rollouts.map((rollout) => `${JSON.stringify(rollout)}\n`).join(""));
    }
    if (event.type === "evaluation") await appendRow({ step: event.step, epoch: event.epoch, ...event.metrics });
  };
}

/** Removes the rows after the checkpoint, because a resumed run repeats those steps. */
async function keepRowsBefore(file: string, step: number, key: string): Promise<void> {
  // The rows go into another file line by line: PPO's texts may be longer than the longest string.
  await writeFileAtomically(file, async (kept) => {
    for await (const line of wholeLines(file))
      if (((JSON.parse(line) as Record<string, number>)[key] ?? 0) < step) await kept.write(`${line}\n`);
  });
}
