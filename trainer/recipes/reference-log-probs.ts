import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { OfflineRunConfig } from "@/domain/runs/run-config";
import type { Sequence } from "../data/tokenize-dataset";
import { exists } from "../file-formats/file-errors";
import { readSafetensors, writeSafetensors } from "../file-formats/safetensors";
import { fingerprintOf } from "./checkpoints";

/** The part of a prepared run that says what its reference is. */
type OfRun = {
  config: Pick<OfflineRunConfig, "method" | "model" | "adapter"> & { microBatchSize: number };
  fingerprint: string;
};

/**
 * The reference policy's log-probs, computed once a run. They are kept beside the checkpoints: a resumed run reads the
 * very same numbers, and starts minutes earlier. Runs that share a folder for it (of a sweep) compute them once together.
 *
 * @param sequences what the numbers are of: one for each
 * @param compute gives them where there are none yet
 */
export async function* cachedReference<Event>(
  { checkpointFolder, referenceFolder }: { checkpointFolder: string; referenceFolder?: string },
  run: OfRun,
  sequences: readonly Sequence[],
  compute: () => AsyncGenerator<Event, Float32Array>,
): AsyncGenerator<Event, Float32Array> {
  // Alone a run's numbers are its own: the fingerprint is of configuration and data. Shared ones are of what they were
  // computed from; a fresh adapter changes nothing yet.
  const { method, model, adapter, microBatchSize } = run.config;
  const folder = referenceFolder ?? checkpointFolder;
  const fingerprint = referenceFolder
    ? fingerprintOf(
        { method, model, adapter, microBatchSize },
        sequences.flatMap(({ promptIds, completionIds }) => [promptIds, completionIds]),
      )
    : run.fingerprint;
  const file = path.join(folder, `reference${referenceFolder ? `-${fingerprint.slice(0, 16)}` : ""}.safetensors`);
  const known = await readKnown(file, fingerprint);
  if (known?.length === sequences.length) return known;
  const values = yield* compute();
  await mkdir(folder, { recursive: true });
  await writeSafetensors(file, new Map([["logProbs", { shape: [values.length], data: values }]]), { fingerprint });
  return values;
}

async function readKnown(file: string, fingerprint: string): Promise<Float32Array | null> {
  if (!(await exists(file))) return null;
  const { tensors, metadata } = await readSafetensors(file);
  const values = tensors.get("logProbs")?.data;
  return metadata.fingerprint === fingerprint && values instanceof Float32Array ? values : null;
}
