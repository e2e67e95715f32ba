import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadBackend } from "../../engine/backend";
import { loadGoldenModel } from "../../fixtures/goldens";
import type { CausalLanguageModel } from "../../models/types";
import { RunScope } from "../run-scope";
import { type Network, Seat } from "./seat";

let folder: string;
let scope: RunScope;
let before: number;
beforeEach(async () => {
  await loadBackend();
  folder = await mkdtemp(path.join(tmpdir(), "tuneloop-seat-"));
  scope = new RunScope();
  before = tf.memory().numTensors;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const network: Network<null> = {
  role: "policy",
  async load(owner) {
    const model = owner.own(await loadGoldenModel("llama"));
    model.addAdapter({ rank: 1, alpha: 2, targets: ["q_proj"], seed: 1 });
    return model;
  },
  build: () => null,
  learn: () => ({
    apply: () => ({ gradNorm: 0, learningRate: 0 }),
    exportState: async () => [],
    importState: () => undefined,
    dispose: () => undefined,
  }),
};
const seatIn = (place: string | null) => new Seat(network, place, { scope, signal: new AbortController().signal });
const held = () => tf.memory().numTensors - before;
const first = ({ trainable }: CausalLanguageModel) => trainable[0] as tf.Variable;
const set = (model: CausalLanguageModel, value: number) =>
  tf.tidy(() => first(model).assign(tf.fill(first(model).shape, value)));
const read = (seat: Seat<null>) => seat.use(({ model }) => first(model).dataSync()[0]);

describe("a seat of a network that lies on disk", () => {
  it("keeps what was learned, and nothing in memory between two uses", async () => {
    const seat = seatIn(folder);
    await seat.use(({ model }) => set(model, 7), { learning: true });
    expect(held()).toBe(0);
    expect(await read(seat)).toBe(7);
    expect(held()).toBe(0);
  });

  it("lets go of the network where its use fails, and keeps nothing of what was half learned", async () => {
    const seat = seatIn(folder);
    await seat.use(({ model }) => set(model, 7), { learning: true });
    const failing = seat.use(
      ({ model }) => {
        set(model, 9);
        throw new Error("cancelled");
      },
      { learning: true },
    );
    await expect(failing).rejects.toThrow("cancelled");
    expect(held()).toBe(0);
    expect(await read(seat)).toBe(7);
  });

  it("lets go of it where nobody listens to the end", async () => {
    const seat = seatIn(folder);
    const events = seat.during(async function* ({ model }) {
      yield first(model).size;
      yield 0;
    });
    expect((await events.next()).value).toBeGreaterThan(0);
    expect(held()).toBeGreaterThan(0);
    await events.return(undefined as never);
    expect(held()).toBe(0);
  });

  it("stays while an outer use goes on, and refuses to learn in a use that has no optimizer", async () => {
    const seat = seatIn(folder);
    await seat.use(async ({ model }) => {
      await seat.use(() => undefined);
      expect(first(model).isDisposed).toBe(false);
      await expect(seat.use(() => undefined, { learning: true })).rejects.toThrow("without its optimizer");
      expect(first(model).isDisposed).toBe(false);
    });
    expect(held()).toBe(0);
    expect(await readdir(folder)).toEqual([]);
  });
});

it("a network that stays in memory outlives its uses, also one that fails, and ends with the run", async () => {
  const seat = seatIn(null);
  await expect(
    seat.use(() => {
      throw new Error("no");
    }),
  ).rejects.toThrow("no");
  const kept = held();
  expect(kept).toBeGreaterThan(0);
  await read(seat);
  expect(held()).toBe(kept);
  scope.dispose();
  expect(held()).toBe(0);
});
