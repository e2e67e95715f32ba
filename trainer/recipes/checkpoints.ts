import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { DomainError } from "@/domain/errors";
import { writeFolderAtomically } from "../file-formats/atomic-write";
import { isMissing, reasonOf } from "../file-formats/file-errors";
import { readSafetensors, writeSafetensors } from "../file-formats/safetensors";
import type { NamedTensors } from "../file-formats/tensor-file";
import { differenceOf, type RunIdentity } from "./run-identity";
import { stableName, type Update } from "./update";

/**
 * The state that a checkpoint holds besides the trained parameters: the optimizer, and whatever else a method resumes
 * from.
 */
export type RunState = Pick<Update, "exportState" | "importState">;

const PARAMETER = "parameter/";
const OPTIMIZER = "optimizer/";
const STATE = "state.safetensors";
const STEP_NAME = /^step-\d{6,}$/;
const BEST_NAME = /^best-\d{6,}$/;
/**
 * Number of checkpoints kept: if the machine dies while writing the last one, or a disk damages it, the one before is
 * intact.
 */
const KEPT = 2;

/** `progress` is the state that the loop wants back with the step, as JSON. */
type Manifest<Progress = unknown> = { step: number; identity?: RunIdentity; sha256: string; progress?: Progress };

/** The step whose parameters are kept as the best, as a checkpoint's progress names it. */
type KeepsBest = { best: { step: number } | null };

/**
 * Step states of one run, in `checkpoints/step-000010/`: `state.safetensors` with the trained parameters and the
 * optimizer, `manifest.json` with step, hash and the identity of the run. The place in the data and its order follow
 * from the step and the seed, so a resumed run goes on bit for bit. `best-000008/` has the parameters of the step that
 * validated best.
 */
export class Checkpoints<Progress extends KeepsBest = KeepsBest> {
  /** Remarks on the resumption that a person should know, such as a damaged checkpoint that was passed over. */
  readonly notes: string[] = [];
  /** The progress that `save` was given at the step that `restore` found. */
  progress: Progress | null = null;

  /**
   * @param identity what decides the run's result: a checkpoint of another run is refused
   * @param resume whether `restore` looks for a checkpoint at all
   */
  constructor(
    private readonly folder: string,
    private readonly identity: RunIdentity,
    private readonly resume: boolean,
  ) {}

  async save(step: number, variables: tf.Variable[], update: RunState, progress?: Progress): Promise<string> {
    const tensors = await parametersOf(variables);
    for (const { name, shape, data } of await update.exportState()) {
      tensors.set(OPTIMIZER + name, { dtype: "F32", shape, data });
    }
    const target = await this.write(`step-${numbered(step)}`, tensors, step, progress);
    for (const old of (await this.list()).slice(KEPT)) await rm(path.join(this.folder, old), { recursive: true });
    await this.removeOldBests(progress?.best?.step);
    return target;
  }

  /** Saves the parameters of this step as the best so far. */
  async saveBest(step: number, variables: tf.Variable[]): Promise<void> {
    await this.write(`best-${numbered(step)}`, await parametersOf(variables), step);
    await this.removeOldBests(step);
  }

  /**
   * Puts the parameters of the best step into the variables.
   * @throws DomainError `invalid-file` if they are damaged or gone
   */
  async restoreBest(step: number, variables: tf.Variable[]): Promise<void> {
    const folder = path.join(this.folder, `best-${numbered(step)}`);
    await readManifest(folder);
    const { tensors } = await readSafetensors(path.join(folder, STATE));
    assignParameters(variables, tensors, folder);
  }

  private async write(name: string, tensors: NamedTensors, step: number, progress?: Progress): Promise<string> {
    const target = path.join(this.folder, name);
    await writeFolderAtomically(target, async (folder) => {
      const state = path.join(folder, STATE);
      await writeSafetensors(state, tensors);
      const manifest: Manifest<Progress> = {
        step,
        identity: this.identity,
        sha256: await sha256(state),
        ...(progress && { progress }),
      };
      await writeFile(path.join(folder, "manifest.json"), `${JSON.stringify(manifest)}\n`);
    });
    return target;
  }

  /**
   * Removes the parameters of former best steps. A kept checkpoint may be resumed, so the best step that it knows of
   * stays beside the present best.
   */
  private async removeOldBests(present?: number): Promise<void> {
    const kept = new Set([present]);
    for (const name of await this.list()) {
      try {
        kept.add((await readManifest<KeepsBest>(path.join(this.folder, name), false)).progress?.best?.step);
      } catch (error) {
        if (!isDamaged(error)) throw error; // a damaged checkpoint is passed over, as `restore` does
      }
    }
    for (const name of await this.list(BEST_NAME)) {
      if (!kept.has(Number(name.slice("best-".length)))) {
        await rm(path.join(this.folder, name), { recursive: true });
      }
    }
  }

  /**
   * Puts the newest intact checkpoint's values into variables and optimizer.
   *
   * @returns the number of steps that the checkpoint has behind it; 0 without a checkpoint
   * @throws DomainError `checkpoint-conflict`
   */
  async restore(variables: tf.Variable[], update: RunState): Promise<number> {
    if (!this.resume) return 0;
    for (const name of await this.list()) {
      const folder = path.join(this.folder, name);
      try {
        const manifest = await readManifest<Progress>(folder);
        this.requireSame(manifest.identity, folder);
        await this.load(path.join(folder, STATE), variables, update);
        this.progress = manifest.progress ?? null;
        return manifest.step;
      } catch (error) {
        if (error instanceof DomainError && error.code === "checkpoint-conflict") throw error;
        this.notes.push(`${name} is damaged (${reasonOf(error)}); going on from the one before it.`);
      }
    }
    return 0;
  }

  private requireSame(kept: RunIdentity | undefined, folder: string): void {
    const difference = kept
      ? differenceOf(kept, this.identity)
      : "it was written by an earlier version, which did not say what decides a result";
    if (difference === null) return;
    const message = `${folder}: this checkpoint is of another run (${difference}); start a new run.`;
    throw new DomainError("checkpoint-conflict", message);
  }

  private async load(file: string, variables: tf.Variable[], update: RunState): Promise<void> {
    const { tensors } = await readSafetensors(file);
    const state = [...tensors].flatMap(([name, { shape, data }]) =>
      name.startsWith(OPTIMIZER) ? [{ name: name.slice(OPTIMIZER.length), shape, data: data as Float32Array }] : [],
    );
    assignParameters(variables, tensors, file, () => update.importState(state));
  }

  /** Lists folder names, newest first. */
  private async list(pattern = STEP_NAME): Promise<string[]> {
    try {
      return (await readdir(this.folder))
        .filter((name) => pattern.test(name))
        .sort()
        .reverse();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }
}

async function readManifest<Progress>(folder: string, verify = true): Promise<Manifest<Progress>> {
  const manifest = JSON.parse(await readFile(path.join(folder, "manifest.json"), "utf8")) as Manifest<Progress>;
  if (verify && (await sha256(path.join(folder, STATE))) !== manifest.sha256) {
    throw new DomainError("checkpoint-invalid", "its hash is not the one it was written with");
  }
  return manifest;
}

/** Whether an error comes from a file that is missing or no JSON, as a machine that died or a bad disk leaves it. */
function isDamaged(error: unknown): boolean {
  return isMissing(error) || error instanceof SyntaxError;
}

async function parametersOf(variables: tf.Variable[]): Promise<NamedTensors> {
  const tensors: NamedTensors = new Map();
  for (const variable of variables) {
    const data = (await variable.data()) as Float32Array;
    tensors.set(PARAMETER + stableName(variable), { dtype: "F32", shape: [...variable.shape], data });
  }
  return tensors;
}

/**
 * Assigns all parameters or none: every parameter is found before the first is assigned; `then` runs in between, and
 * may fail as well.
 */
function assignParameters(variables: tf.Variable[], tensors: NamedTensors, file: string, then?: () => void): void {
  const parameters = variables.map((variable) => {
    const tensor = tensors.get(PARAMETER + stableName(variable));
    if (!tensor || tensor.shape.join() !== variable.shape.join()) {
      const message = `${file}: no parameter ${stableName(variable)} of shape [${variable.shape}]`;
      throw new DomainError("checkpoint-invalid", message);
    }
    return tensor.data;
  });
  then?.();
  variables.forEach((variable, index) => {
    // The variable gets a copy, because tfjs keeps the array that it is given.
    tf.tidy(() => variable.assign(tf.tensor(Float32Array.from(parameters[index] ?? []), variable.shape)));
  });
}

function numbered(step: number): string {
  return String(step).padStart(6, "0");
}

/** The file is hashed in pieces, because a model's state may be larger than one buffer. */
async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file, { highWaterMark: 1 << 22 })) hash.update(piece as Buffer);
  return hash.digest("hex");
}
