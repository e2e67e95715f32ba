import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { DomainError } from "@/domain/errors";
import { writeFolderAtomically } from "../checkpoints/atomic-write";
import { isMissing, reasonOf } from "../checkpoints/file-errors";
import { readSafetensors, writeSafetensors } from "../checkpoints/safetensors";
import type { NamedTensors } from "../checkpoints/tensor-file";
import { stableName, type Update } from "./update";

/** What a checkpoint holds beside the trained parameters: the optimizer, and what else a method goes on from. */
export type RunState = Pick<Update, "exportState" | "importState">;

const PARAMETER = "parameter/";
const OPTIMIZER = "optimizer/";
/** The last two: if the machine dies while writing one, or a disk damages it, the one before it is whole. */
const KEPT = 2;

type Manifest = { step: number; fingerprint: string; sha256: string };

/**
 * Step states of one run, in `checkpoints/step-000010/`: `state.safetensors` with the trained parameters and the
 * optimizer, `manifest.json` with step, hash and the fingerprint of the run. The place in the data and its order follow
 * from the step and the seed, so a resumed run goes on bit for bit.
 */
export class Checkpoints {
  /** What a person should know of the resumption: a damaged checkpoint that was passed over. */
  readonly notes: string[] = [];

  /**
   * @param fingerprint of configuration and data: a checkpoint of another run is refused
   * @param resume whether `restore` looks for a checkpoint at all
   */
  constructor(
    private readonly folder: string,
    private readonly fingerprint: string,
    private readonly resume: boolean,
  ) {}

  async save(step: number, variables: tf.Variable[], update: RunState): Promise<string> {
    const tensors: NamedTensors = new Map();
    for (const variable of variables) {
      const data = (await variable.data()) as Float32Array;
      tensors.set(PARAMETER + stableName(variable), { dtype: "F32", shape: [...variable.shape], data });
    }
    for (const { name, shape, data } of await update.exportState()) {
      tensors.set(OPTIMIZER + name, { dtype: "F32", shape, data });
    }
    const target = path.join(this.folder, `step-${String(step).padStart(6, "0")}`);
    await writeFolderAtomically(target, async (folder) => {
      const state = path.join(folder, "state.safetensors");
      await writeSafetensors(state, tensors);
      const manifest: Manifest = { step, fingerprint: this.fingerprint, sha256: await sha256(state) };
      await writeFile(path.join(folder, "manifest.json"), `${JSON.stringify(manifest)}\n`);
    });
    for (const old of (await this.list()).slice(KEPT)) await rm(path.join(this.folder, old), { recursive: true });
    return target;
  }

  /**
   * Puts the newest whole checkpoint's values into variables and optimizer.
   *
   * @returns the number of steps it has behind it; 0 where there is none
   * @throws DomainError `checkpoint-conflict`
   */
  async restore(variables: tf.Variable[], update: RunState): Promise<number> {
    if (!this.resume) return 0;
    for (const name of await this.list()) {
      const folder = path.join(this.folder, name);
      try {
        const manifest = await readManifest(folder);
        if (manifest.fingerprint !== this.fingerprint) {
          const message = `${folder}: this checkpoint is of a run with other settings or data; start a new run.`;
          throw new DomainError("checkpoint-conflict", message);
        }
        await this.load(path.join(folder, "state.safetensors"), variables, update);
        return manifest.step;
      } catch (error) {
        if (error instanceof DomainError && error.code === "checkpoint-conflict") throw error;
        this.notes.push(`${name} is damaged (${reasonOf(error)}); going on from the one before it.`);
      }
    }
    return 0;
  }

  private async load(file: string, variables: tf.Variable[], update: RunState): Promise<void> {
    const { tensors } = await readSafetensors(file);
    const parameters = variables.map((variable) => {
      const tensor = tensors.get(PARAMETER + stableName(variable));
      if (!tensor || tensor.shape.join() !== variable.shape.join()) {
        throw new DomainError(
          "invalid-file",
          `${file}: no parameter ${stableName(variable)} of shape [${variable.shape}]`,
        );
      }
      return tensor.data;
    });
    const state = [...tensors].flatMap(([name, { shape, data }]) =>
      name.startsWith(OPTIMIZER) ? [{ name: name.slice(OPTIMIZER.length), shape, data: data as Float32Array }] : [],
    );
    update.importState(state);
    variables.forEach((variable, index) => {
      // A copy: tfjs keeps the array that it is given.
      tf.tidy(() => variable.assign(tf.tensor(Float32Array.from(parameters[index] ?? []), variable.shape)));
    });
  }

  /** Folder names, newest first. */
  private async list(): Promise<string[]> {
    try {
      return (await readdir(this.folder))
        .filter((name) => /^step-\d{6,}$/.test(name))
        .sort()
        .reverse();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }
}

async function readManifest(folder: string): Promise<Manifest> {
  const manifest = JSON.parse(await readFile(path.join(folder, "manifest.json"), "utf8")) as Manifest;
  const hash = await sha256(path.join(folder, "state.safetensors"));
  if (hash !== manifest.sha256) throw new DomainError("invalid-file", "its hash is not the one it was written with");
  return manifest;
}

/** In pieces: a model's state may be larger than one buffer. */
async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file, { highWaterMark: 1 << 22 })) hash.update(piece as Buffer);
  return hash.digest("hex");
}

/** Keys of the configuration that change when a run ends, and nothing of what it learns. */
const UNDECISIVE = ["pauseOnCritical"];

/** Identifies a run by what decides its result: the configuration and every token it trains on. */
export function fingerprintOf(config: object, sequences: Iterable<readonly number[]>): string {
  const hash = createHash("sha256").update(
    JSON.stringify(config, (key, value) => (UNDECISIVE.includes(key) ? undefined : value)),
  );
  for (const ids of sequences) hash.update(Int32Array.from(ids)).update("|");
  return hash.digest("hex");
}
