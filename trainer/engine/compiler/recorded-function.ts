import type * as tf from "@tensorflow/tfjs";
import type { GraphBinding, NativeBackend, NativeBinding } from "../native-backend";
import { handleOfResident } from "../resident-variables";
import { CompileError } from "./errors";
import type { Recording } from "./recording";

let registered = 0;

/** A recording that TensorFlow holds as a function of its eager context. */
export class RecordedFunction {
  private readonly name: string;
  private readonly recording: Omit<Recording, "graph" | "inputs" | "outputs" | "effects" | "products">;
  private readonly outputs: number;

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
    const outputs = backend.binding
      .executeOp(this.name, [], ids, this.outputs)
      .map((handle) => backend.createOutputTensor(handle));
    assigned.forEach((variable, i) => {
      const value = outputs[results + i]!;
      variable.assign(value);
      value.dispose();
    });
    return outputs.slice(0, results);
  }

  dispose(): void {
    (this.backend.binding as NativeBinding & GraphBinding).removeFunction(this.name);
  }
}
