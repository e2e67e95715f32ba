import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { OfflineRunConfig } from "@/domain/runs/run-config";
import type { Sequence } from "../data/tokenize-dataset";
import { exists } from "../file-formats/file-errors";
import { readSafetensors, writeSafetensors } from "../file-formats/safetensors";
import { fingerprintOf, identifySequences, type RunIdentity } from "./run-identity";

/** The parts of a prepared run that determine its reference. */
type OfRun = {
  config: Pick<OfflineRunConfig, "method"> & { microBatchSize: number };
  identity: RunIdentity;
};

/**
 * Gives the reference policy's log-probs, which are computed once a run. They are kept beside the checkpoints, so a
 * resumed run reads the very numbers that it began with, and starts minutes earlier. Runs that share a folder (those of
 * a sweep) compute them once together.
 *
 * @param sequences one for each number
 * @param compute gives the numbers if none are kept yet
 */
export async function* cachedReference<Event>(
  { checkpointFolder, referenceFolder }: { checkpointFolder: string; referenceFolder?: string },
  run: OfRun,
  sequences: readonly Sequence[],
  compute: () => AsyncGenerator<Event, Float32Array>,
): AsyncGenerator<Event, Float32Array> {
  // The numbers belong to what they were computed from: for runs that share them, the weights and the sequences (a
  // fresh adapter changes nothing yet); otherwise the run as a whole. The order of the sequences counts in both cases,
  // so a version of this program that lays them out otherwise computes them anew.
  const { method, microBatchSize } = run.config;
  const folder = referenceFolder ?? checkpointFolder;
  const data = identifySequences(sequences.flatMap(({ promptIds, completionIds }) => [promptIds, completionIds]));
  const fingerprint = fingerprintOf(
    referenceFolder
      ? { settings: { method, microBatchSize: String(microBatchSize) }, models: run.identity.models, data }
      : { ...run.identity, data: `${run.identity.data} ${data}` },
  );
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
