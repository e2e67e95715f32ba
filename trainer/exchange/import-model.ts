import { constants, copyFile, mkdir, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { DomainError } from "@/domain/errors";
import type { ModelFact } from "@/domain/models/inspect-model";
import { writeFolderAtomically } from "../file-formats/atomic-write";
import { isMissing } from "../file-formats/file-errors";
import { isDescription } from "../file-formats/model-file-names";
import { elementCount } from "../file-formats/tensor-file";
import { type FetchOptions, fetchCancelled } from "../models/fetch-progress";
import { type ModelSource, openModelFiles } from "../models/load-model-files";
import { modelFacts } from "../models/model-facts";
import { describeBase } from "./base-model";
import { mergeWeights } from "./merged-weights";

export interface ImportRequest extends FetchOptions {
  /** A hub id (`owner/name`, `owner/name@revision`), folder, GGUF, or catalogue name. */
  model: string;
  /** A folder to copy the model into; without it the model stays where it is (the hub's in the cache). */
  to?: string;
}

/** What the files of a model say about it. */
export interface ImportResult {
  /** The value to give as `--model` from now on. */
  model: string;
  path: string;
  kind: "language model" | "reward model" | "adapter" | "reward adapter";
  family: string;
  parameters: number;
  layers: number;
  hiddenSize: number;
  contextLength: number;
  vocabulary: number;
  /** Types of the weights in the file, most common first. */
  types: string[];
  chatTemplate: boolean;
  licence: string | null;
  /** What was read of it, a sentence a part; notices are what its user should know. */
  facts: ModelFact[];
  notices: string[];
  adapter: { base: string | null; rank: number; alpha: number; targets: string[] } | null;
  files: { name: string; bytes: number }[];
}

/** Whether a file of a folder belongs to the model: `source.json` says where it was fetched from. */
const belongs = (name: string) =>
  isDescription(name) || name === "source.json" || /^[^/]+\.(safetensors|gguf)$/.test(name);

/**
 * Fetches a model if it is not on this machine, reads every tensor, checks that the model is complete and can be
 * trained by Tuneloop, and describes it. With `to` the model is copied; the copy appears complete or not at all.
 * @throws DomainError naming the file and the key or tensor
 */
export async function importModel({ model, to, onProgress, signal }: ImportRequest): Promise<ImportResult> {
  if (to !== undefined) await refuseTaken(to);
  const files = await openModelFiles(model, { ...(onProgress && { onProgress }), ...(signal && { signal }) });
  const { tensors, adapter, source, base, config: baseConfig, chatTemplate } = files;
  try {
    const weights = mergeWeights({
      config: baseConfig,
      tensors,
      basePath: base.path,
      ...(adapter && { adapter, adapterPath: source.path }),
    });
    const { config, shapes } = weights;
    const names = [...shapes.keys()];
    for (const [done, name] of names.entries()) {
      if (signal?.aborted) throw fetchCancelled(signal.reason);
      await weights.read(name); // throws if the tensor is cut or not finite
      onProgress?.({
        stage: "verifying",
        message: `Checking ${source.reference}`,
        bytes: done + 1,
        totalBytes: names.length,
      });
    }
    const place = to === undefined ? source.path : path.resolve(to);
    if (to !== undefined) await copyModel(source, place);
    const size = [...shapes.values()].reduce((total, shape) => total + elementCount(shape), 0);
    return {
      model: to === undefined ? source.reference : place,
      path: place,
      kind: adapter
        ? config.rewardHead
          ? "reward adapter"
          : "adapter"
        : config.rewardHead
          ? "reward model"
          : "language model",
      family: config.family,
      parameters: size,
      layers: config.layers,
      hiddenSize: config.hiddenSize,
      contextLength: config.maxPositions,
      vocabulary: config.vocabSize,
      types: mostCommon([...tensors.entries.values()].map(({ dtype }) => dtype)),
      chatTemplate: chatTemplate !== null,
      licence: describeBase(files).licence,
      facts: modelFacts(files),
      notices: files.notices,
      adapter: adapter
        ? { base: adapter.baseModel, rank: adapter.rank, alpha: adapter.alpha, targets: adapter.targets }
        : null,
      files: await modelFilesIn(place),
    };
  } finally {
    await tensors.close();
  }
}

async function copyModel(source: ModelSource, to: string): Promise<void> {
  await writeFolderAtomically(to, async (folder) => {
    await mkdir(folder, { recursive: true });
    for (const { name } of await modelFilesIn(source.path)) {
      const from = source.kind === "gguf" ? source.path : path.join(source.path, name);
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      // The copy is a clone if the file system can make one.
      await copyFile(from, path.join(folder, name), constants.COPYFILE_FICLONE);
    }
  });
}

async function modelFilesIn(place: string): Promise<ImportResult["files"]> {
  if (!(await stat(place)).isDirectory()) return [{ name: path.basename(place), bytes: (await stat(place)).size }];
  const found = await readdir(place, { recursive: true });
  const names = found
    .map((name) => name.split(path.sep).join("/"))
    .filter(belongs)
    .sort();
  return Promise.all(names.map(async (name) => ({ name, bytes: (await stat(path.join(place, name))).size })));
}

async function refuseTaken(to: string): Promise<void> {
  const names = await readdir(to).catch((error: unknown): string[] => {
    if (isMissing(error)) return [];
    throw error;
  });
  if (names.length > 0) throw new DomainError("import-conflict", `${to}: already holds files; name a new folder`);
}

function mostCommon(types: string[]): string[] {
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([type]) => type);
}
