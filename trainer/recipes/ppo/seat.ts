import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { exists } from "../../file-formats/file-errors";
import { openSafetensors, writeSafetensorsOutputs } from "../../file-formats/safetensors";
import type { TensorOutput } from "../../file-formats/tensor-file";
import type { CausalLanguageModel } from "../../models/types";
import { type OptimizerTensor, restoreVariables } from "../../optimizers/optimizer-state";
import { RunScope } from "../run-scope";
import { breathe } from "../run-stopped";
import { stableName, type Update } from "../update";

/** One of a run's models with the functions that are built on it. */
export type Network<Tools> = {
  /** The network's role, unique in the run. */
  role: string;
  /** Loads the model as the run found it; the scope owns it. */
  load(scope: RunScope): Promise<CausalLanguageModel>;
  /** Builds the functions that compute with the model; the scope owns them. */
  build(model: CausalLanguageModel, scope: RunScope): Tools;
  /** Makes the optimizer of a network that learns. */
  learn?(model: CausalLanguageModel, scope: RunScope): Update;
};

/** The learned state of a network: its weights that train, and its optimizer. */
export type LearnedState = { weights: OptimizerTensor[]; optimizer: OptimizerTensor[] };

export type Present<Tools> = { model: CausalLanguageModel; tools: Tools; update: Update | null; scope: RunScope };

const WEIGHTS = "weights/";
const OPTIMIZER = "optimizer/";

/**
 * The seat of a network. Without a folder the network stays in memory from its first use on. With one it is in memory
 * only while it is used: what it learned goes to a file in the folder, its other weights are read again from their
 * source, and the optimizer is loaded only to learn. The numbers are equal either way. A use that fails or is cancelled
 * disposes the network without writing what it had half learned.
 */
export class Seat<Tools> {
  private present: Present<Tools> | null = null;
  /** The state from a checkpoint, on its way to the file. */
  private imported: Partial<LearnedState> | null = null;

  /** Number of uses in progress; the last one to end takes the network out of memory. */
  private users = 0;

  private readonly signal: AbortSignal;

  /**
   * @param folder where the network lies while it is not at work; null if it stays in memory
   * @param run the scope whose end disposes whatever is in memory
   */
  constructor(
    private readonly network: Network<Tools>,
    private readonly folder: string | null,
    { scope, signal }: { scope: RunScope; signal: AbortSignal },
  ) {
    this.signal = signal;
    scope.own({ dispose: () => this.letGo() });
  }

  /**
   * Keeps the network in memory for as long as `work` takes.
   *
   * @param options.learning whether the optimizer is needed as well
   */
  async use<Result>(
    work: (present: Present<Tools>) => Result | Promise<Result>,
    options?: { learning?: boolean },
  ): Promise<Result> {
    const present = await this.enter(options);
    let isWhole = false;
    try {
      const result = await work(present);
      isWhole = true;
      return result;
    } finally {
      await this.leave(isWhole);
    }
  }

  /**
   * Does what `use` does, for work that yields events: events come through, and a listener that stops listening also
   * releases the network.
   */
  async *during<Event, Result>(
    work: (present: Present<Tools>) => AsyncGenerator<Event, Result>,
  ): AsyncGenerator<Event, Result> {
    const present = await this.enter();
    let isWhole = false;
    try {
      const result = yield* work(present);
      isWhole = true;
      return result;
    } finally {
      await this.leave(isWhole);
    }
  }

  /** Loads now whatever will stay in memory, so that a model that can't be loaded is reported before the run begins. */
  async prepare(): Promise<void> {
    if (this.folder === null) await this.use(() => undefined);
  }

  /** Gives the model and keeps it in memory until the run ends. */
  async stay(): Promise<CausalLanguageModel> {
    return (await this.enter()).model;
  }

  private async enter({ learning = false } = {}): Promise<Present<Tools>> {
    const present = this.present ?? (await this.load(learning));
    if (learning && !present.update) throw new Error(`${this.network.role}: in use without its optimizer`);
    this.users += 1;
    return present;
  }

  private async load(learning: boolean): Promise<Present<Tools>> {
    await breathe(this.signal);
    await this.flush();
    const scope = new RunScope();
    try {
      const model = await this.network.load(scope);
      await this.restoreWeights(model);
      const tools = this.network.build(model, scope);
      const update = learning || this.folder === null ? (this.network.learn?.(model, scope) ?? null) : null;
      if (update) {
        const state = await this.read(OPTIMIZER);
        if (state.length > 0) update.importState(state);
      }
      this.present = { model, tools, update, scope };
      return this.present;
    } catch (error) {
      scope.dispose();
      throw error;
    }
  }

  private async leave(isWhole: boolean): Promise<void> {
    this.users -= 1;
    if (this.folder === null || !this.present || this.users > 0) return;
    if (!isWhole) return this.letGo();
    const { model, update } = this.present;
    if (update || this.imported) {
      const optimizer = update ? await update.exportState() : (this.imported?.optimizer ?? []);
      await this.write([...outputsOfVariables(model.trainable), ...outputs(OPTIMIZER, optimizer)]);
      this.imported = null;
    }
    this.letGo();
  }

  /** Gives the state of a network, whether it is in memory or not. */
  async exportState(): Promise<LearnedState> {
    if (!this.present) return { weights: await this.read(WEIGHTS), optimizer: await this.read(OPTIMIZER) };
    const { model, update } = this.present;
    const weights: OptimizerTensor[] = [];
    for (const variable of model.trainable) {
      const data = (await variable.data()) as Float32Array;
      weights.push({ name: stableName(variable), shape: [...variable.shape], data });
    }
    return { weights, optimizer: update ? await update.exportState() : await this.read(OPTIMIZER) };
  }

  /** @param state without weights if the caller puts them into the present model itself */
  importState(state: { weights?: OptimizerTensor[]; optimizer: OptimizerTensor[] }): void {
    if (this.folder === null && this.present) {
      const { model, update } = this.present;
      update?.importState(state.optimizer);
      if (state.weights) restoreVariables(named(model), state.weights);
    } else this.imported = state;
  }

  /** Writes the state from a checkpoint to the file, so that it leaves memory. */
  private async flush(): Promise<void> {
    if (!this.imported) return;
    const { weights = [], optimizer = [] } = this.imported;
    await this.write([...outputs(WEIGHTS, weights), ...outputs(OPTIMIZER, optimizer)]);
    this.imported = null;
  }

  private async restoreWeights(model: CausalLanguageModel): Promise<void> {
    const weights = await this.read(WEIGHTS);
    if (weights.length > 0) restoreVariables(named(model), weights);
  }

  private get file(): string {
    return path.join(this.folder ?? "", `${this.network.role}.safetensors`);
  }

  /** Reads tensors from the file; their numbers are read when they are asked for. Empty if nothing was written yet. */
  private async read(prefix: string): Promise<OptimizerTensor[]> {
    if (this.folder === null || !(await exists(this.file))) return [];
    const store = await openSafetensors(this.file);
    await store.close();
    return [...store.entries].flatMap(([name, { shape }]) =>
      name.startsWith(prefix)
        ? [
            {
              name: name.slice(prefix.length),
              shape,
              get data() {
                return store.readNow(name).data as Float32Array;
              },
            },
          ]
        : [],
    );
  }

  private async write(tensors: TensorOutput[]): Promise<void> {
    await writeSafetensorsOutputs(this.file, tensors);
  }

  private letGo(): void {
    this.present?.scope.dispose();
    this.present = null;
  }
}

const named = ({ trainable }: CausalLanguageModel) =>
  new Map(trainable.map((variable): [string, tf.Variable] => [stableName(variable), variable]));

function outputs(prefix: string, tensors: readonly OptimizerTensor[]): TensorOutput[] {
  return tensors.map((tensor) => ({
    ...shapeOf(prefix + tensor.name, tensor.shape),
    bytes: async () => bytesOf(tensor.data),
  }));
}

function outputsOfVariables(variables: readonly tf.Variable[]): TensorOutput[] {
  return variables.map((variable) => ({
    ...shapeOf(WEIGHTS + stableName(variable), variable.shape),
    bytes: async () => bytesOf((await variable.data()) as Float32Array),
  }));
}

const shapeOf = (name: string, shape: readonly number[]) => ({
  name,
  shape: [...shape],
  dtype: "F32",
  byteLength: 4 * tf.util.sizeFromShape([...shape]),
});

const bytesOf = (data: Float32Array) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
