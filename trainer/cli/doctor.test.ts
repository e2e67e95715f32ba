import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { examineMachine, formatDoctorReport } from "./doctor";

describe("examineMachine", () => {
  let cache: string;
  beforeEach(async () => {
    cache = await mkdtemp(path.join(os.tmpdir(), "doctor-"));
    vi.stubEnv("TUNELOOP_CACHE", cache);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(cache, { recursive: true });
  });

  it("measures, lists the cached models with their sizes, and keeps no tensors", async () => {
    await mkdir(path.join(cache, "models", "tiny", "nested"), { recursive: true });
    await writeFile(path.join(cache, "models", "tiny", "nested", "weights"), Buffer.alloc(1_500_000));
    const report = await examineMachine();
    expect(report.models).toEqual([{ name: "tiny", megabytes: 1.5 }]);
    expect(report.gigaflopsPerSecond).toBeGreaterThan(0);
    expect(tf.memory().numTensors).toBe(0);
    expect(JSON.parse(formatDoctorReport(report, { json: true }))).toEqual(report);
    expect(formatDoctorReport(report)).toContain("tiny (1.5 MB)");
  });

  it("says what is missing and how to get it", async () => {
    const report = await examineMachine();
    const text = formatDoctorReport({ ...report, models: [], missing: ["g++: apt install g++"] });
    expect(text).toContain("none yet");
    expect(text).toContain("- g++: apt install g++");
  });
});
