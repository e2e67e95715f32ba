import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, it, vi } from "vitest";
import { METRICS } from "@/domain/runs/metric-names";
import { goldensFolder } from "@/trainer/fixtures/goldens";
import { trainRun } from "@/trainer/fixtures/train-run";

/** The lists of methods with a made-up one, which configuration and trainer work with in this file. */
const home = await vi.hoisted(async () => {
  const { madeUpMethod } = await import("./made-up-method");
  const { writeOverlay } = await import("./overlay");
  return writeOverlay({ ...madeUpMethod.domain, ...madeUpMethod.trainer });
});
vi.mock("@/domain/runs/methods", () => import(path.join(home, "domain/runs/methods.ts")));
vi.mock("@/trainer/run-training", () => import(path.join(home, "trainer/run-training.ts")));
const output = fs.mkdtempSync(path.join(os.tmpdir(), "tuneloop-made-up-method-"));
afterAll(() => {
  for (const folder of [home, output]) fs.rmSync(folder, { recursive: true });
});

it("trains by a loss over pairs that is added with a description and two lines", async () => {
  const changes = {
    method: "hinge",
    lead: 1000,
    dataset: path.join(goldensFolder, "preferences.jsonl"),
    maxSteps: 4,
    microBatchSize: 3,
    validationDataset: path.join(goldensFolder, "preferences.jsonl"),
    evaluateEvery: 2,
  };
  const { events, steps } = await trainRun(path.join(output, "run"), changes);
  expect(steps).toHaveLength(4);
  for (const { loss, "logps/chosen": chosen, "logps/rejected": rejected, ...step } of steps as Record<
    string,
    number
  >[]) {
    // No pair leads by 1000 nats, so the mean of the hinge is the lead that is asked for minus the mean lead.
    expect(loss).toBeCloseTo(1000 - (chosen! - rejected!), 2);
    expect(step["rewards/margins"]).toBeCloseTo(chosen! - rejected!, 3);
  }
  const validated = events.flatMap((event) =>
    event.type === "evaluation" ? [event.metrics[METRICS.evalLoss] ?? Number.NaN] : [],
  );
  expect(validated.at(-1)).toBeLessThan(validated[0]!);
});
