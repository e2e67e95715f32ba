import { spawnSync } from "node:child_process";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { type Backend, describeBackend, loadBackend } from "./backend";

describe("loadBackend", () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await loadBackend();
  });

  it("runs TensorFlow where it is set up, and says which", async () => {
    expect(await loadBackend()).toBe(backend);
    expect(backend.tfjsVersion).toBe("4.22.0");
    expect(describeBackend(backend)).toContain(backend.kind === "wasm" ? "WebAssembly" : "TensorFlow");
    if (backend.kind === "wasm") expect(backend.note).toContain("npm run setup");
    else expect(tf.getBackend()).toBe("tensorflow");
  });

  it("starts without a word of TensorFlow's, and leaves standard error as it was", () => {
    const root = path.resolve(import.meta.dirname, "../..");
    const program = `import { loadBackend } from "./trainer/engine/backend";
      const { kind } = await loadBackend();
      console.error(kind);`;
    const args = ["--import", "tsx", "--input-type=module", "--eval", program];
    const run = (level?: string) =>
      spawnSync(process.execPath, args, {
        cwd: root,
        encoding: "utf8",
        env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: level },
      }).stderr;
    expect(run()).toBe(`${backend.kind}\n`);
    if (backend.kind === "cpu") expect(run("0")).toMatch(/TensorFlow.*\ncpu\n$/s);
  });

  it("gathers without reading the indices on the host, gradient included", () => {
    const table = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
    const indices = tf.tensor1d([2, 0, 2], "int32");
    expect(Array.from(tf.gather(table, indices).dataSync())).toEqual([5, 6, 1, 2, 5, 6]);
    const gradient = tf.grad((x) => tf.sum(tf.gather(x, indices)))(table);
    expect(Array.from(gradient.dataSync())).toEqual([1, 1, 0, 0, 2, 2]);
  });
});
