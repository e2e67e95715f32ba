import type * as tf from "@tensorflow/tfjs";
import type { GraphBinding, NativeBackend, NativeBinding, TensorHandle } from "../native-backend";
import { handleOfResident } from "../resident-variables";
import { CompileError, tensorflowMessage } from "./errors";
import type { Recording } from "./recording";

let registered = 0;

/** XLA compiles a whole function before it runs any part of it, so a refusal has changed nothing. */
const isRefusedByXla = (error: unknown) =>
  error instanceof Error && /unsupported operations|XLA|not compilable|JIT/i.test(error.message);

/** A recording that TensorFlow holds as a function of its eager context. */
export class RecordedFunction {
  private readonly name: string;
  private readonly recording: Omit<Recording, "graph" | "inputs" | "outputs" | "effects" | "products">;
  private readonly outputs: number;
  private useXla = process.env.TUNELOOP_XLA === "1";

  constructor(
    private readonly backend: NativeBackend,
    label: string,
    { graph, inputs, outputs, effects, products: _, ...recording }: Recording,
  ) {
    this.name = `${label.replace(/\W/g, "_")}_${registered++}`;
    this.recording = recording;
    this.outputs = outputs.length;
    graph.register(this.name, inputs, outputs, effects);
  }

  run(args: tf.Tensor[]): tf.Tensor[] {
    const { backend, recording } = this;
    const { captured, variables, residents, resources, assigned, results } = recording;
    for (const dataId of captured) {
      if (!backend.tensorMap.has(dataId)) {
        throw new CompileError(
          "a tensor from outside that it reads has been disposed; call dispose() and compile again",
        );
      }
    }
    const given = [...args, ...captured.map((dataId) => ({ dataId }) as tf.TensorInfo), ...variables];
    const handles = residents.map((variable) => handleOfResident(backend, variable));
    const ids = [...backend.getInputTensorIds(given), ...handles, ...resources];
    const outputs = this.execute(ids).map((handle) => backend.createOutputTensor(handle));
    assigned.forEach((variable, i) => {
      const value = outputs[results + i]!;
      variable.assign(value);
      value.dispose();
    });
    return outputs.slice(0, results);
  }

  /**
   * Runs the function. With TUNELOOP_XLA=1 XLA compiles it at its first call; a function that XLA refuses runs without
   * XLA.
   */
  private execute(ids: number[]): TensorHandle[] {
    const { binding } = this.backend;
    if (this.useXla) {
      try {
        const must = { name: "_XlaMustCompile", type: binding.TF_ATTR_BOOL, value: true };
        return binding.executeOp(this.name, [must], ids, this.outputs);
      } catch (error) {
        if (!isRefusedByXla(error)) throw error;
        console.warn(`${this.name} runs without XLA: ${tensorflowMessage(error).split("\n")[0]}`);
        this.useXla = false;
      }
    }
    return binding.executeOp(this.name, [], ids, this.outputs);
  }

  dispose(): void {
    (this.backend.binding as NativeBinding & GraphBinding).removeFunction(this.name);
  }
}
