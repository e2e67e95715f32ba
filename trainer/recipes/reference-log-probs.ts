import { mkdir, stat } from "node:fs/promises";
import path from "node:path";
import { isMissing } from "../checkpoints/file-errors";
import { readSafetensors, writeSafetensors } from "../checkpoints/safetensors";

/**
 * The reference policy's log-probs, computed once a run. They are kept beside the checkpoints: a resumed run reads the
 * very same numbers, and starts minutes earlier.
 *
 * @param fingerprint of configuration and data, so that numbers of another run are never taken
 * @param compute gives them where there are none yet
 */
export async function* cachedReference<Event>(
  folder: string,
  fingerprint: string,
  compute: () => AsyncGenerator<Event, Float32Array>,
): AsyncGenerator<Event, Float32Array> {
  const file = path.join(folder, "reference.safetensors");
  const known = await readKnown(file, fingerprint);
  if (known) return known;
  const values = yield* compute();
  await mkdir(folder, { recursive: true });
  await writeSafetensors(file, new Map([["logProbs", { shape: [values.length], data: values }]]), { fingerprint });
  return values;
}

async function readKnown(file: string, fingerprint: string): Promise<Float32Array | null> {
  try {
    await stat(file);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  const { tensors, metadata } = await readSafetensors(file);
  const values = tensors.get("logProbs")?.data;
  return metadata.fingerprint === fingerprint && values instanceof Float32Array ? values : null;
}
