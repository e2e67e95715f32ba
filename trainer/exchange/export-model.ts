import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { DomainError } from "@/domain/errors";
import { type ExportFormat, TYPES_OF_FORMAT, type WeightType } from "@/domain/models/export-options";
import { nameOfMethod } from "@/domain/runs/method-words";
import { type Adapter, readAdapter, writeAdapterFiles } from "../file-formats/adapter";
import { writeFileAtomically, writeFolderAtomically } from "../file-formats/atomic-write";
import { fillEnsemble, readEnsemble } from "../file-formats/ensemble-folder";
import { isMissing, unsupportedFile } from "../file-formats/file-errors";
import { writeJson } from "../file-formats/json-file";
import { LINEAGE } from "../file-formats/lineage-file";
import { writeTokenizer } from "../file-formats/model-folder";
import { elementCount } from "../file-formats/tensor-file";
import type { FetchOptions } from "../models/fetch-progress";
import { locateModel, type OpenModelFiles, openModelFiles } from "../models/load-model-files";
import { describeBase } from "./base-model";
import { type MergedWeights, mergeWeights } from "./merged-weights";
import { type CardContent, writeModelCard } from "./model-card";
import { readRunRecord, withoutPlace } from "./run-record";
import { writeGgufModel, writeSafetensorsModel } from "./write-model";

export interface ExportRequest extends FetchOptions {
  /** A folder (also an adapter's), GGUF, hub id or catalogue name. */
  model: string;
  /** A PEFT adapter to put on the model. */
  adapter?: string;
  /** The folder to write. */
  to: string;
  format: ExportFormat;
  /** The type of the weights; default: the format's first. */
  type?: WeightType;
  /** Safetensors only: larger weights are split into files of at most so many bytes. Default: 5 GB. */
  maxShardBytes?: number;
  /** A name for people; default: made of the base and the method. */
  title?: string;
  /** The models that this one comes from, one line each back to its base, if the caller knows more than run.json. */
  lineage?: readonly string[];
  /** Whether an earlier export in that folder may be replaced. */
  overwrite?: boolean;
}

export interface ExportResult {
  to: string;
  format: ExportFormat;
  type: WeightType;
  title: string;
  kind: "language model" | "reward model";
  parameters: number;
  /** The adapter's rank if it is exported alone, else null. */
  rank: number | null;
  base: string;
  licence: string | null;
  /** Remarks that the model's user should know, and what the format has no place for. */
  notices: string[];
  files: { name: string; bytes: number }[];
}

/**
 * Writes a model in a form that others load: the PEFT adapter, the whole model in safetensors, or a GGUF; each with
 * tokenizer, chat template, model card and lineage.json. The folder appears complete or not at all; equal models give
 * equal bytes. An ensemble of reward models stays one: the first member in the folder itself, the others in folders
 * inside it. Needs no TensorFlow and holds only one tensor at a time in memory.
 * @throws DomainError naming the file and the key or tensor
 */
export async function exportModel(request: ExportRequest): Promise<ExportResult> {
  const { format, to } = request;
  const type = request.type ?? TYPES_OF_FORMAT[format][0]!;
  if (!TYPES_OF_FORMAT[format].includes(type)) {
    const types = TYPES_OF_FORMAT[format].join(", ");
    throw new DomainError("export-invalid", `dtype: ${format} is not written in ${type}; it can be ${types}`);
  }
  if (request.maxShardBytes !== undefined && format !== "safetensors") {
    throw new DomainError("export-invalid", `max-shard-size: only safetensors are split, and the format is ${format}`);
  }
  await refuseTaken(to, request.overwrite ?? false);
  const members = await membersOf(request);
  const first = await openParts(members[0] ?? request, type, members.length);
  const { adapter, content } = first;
  try {
    refuseForm(format, first);
    await writeFolderAtomically(to, async (folder) => {
      if (members.length === 1) return fill(folder, request, first);
      await fillEnsemble(folder, members, async (place, member, index) => {
        const step = { ...request, onProgress: progressOfAll(request, index, members.length) };
        if (index === 0) return fill(place, step, first);
        const parts = await openParts(member, type, 1);
        const title = `${content.title}, member ${index + 1} of ${members.length}`;
        try {
          await fill(place, step, { ...parts, content: { ...parts.content, title, training: content.training } });
        } finally {
          await parts.files.tensors.close();
        }
      });
    });
    const { title, base, parameters } = content;
    return {
      to,
      format,
      type,
      title,
      kind: content.isReward ? "reward model" : "language model",
      parameters,
      rank: format === "peft" ? (adapter?.rank ?? null) : null,
      base: base.hubId ?? base.title,
      licence: base.licence,
      notices: [...first.files.notices, ...lostIn(format, first)],
      files: await filesOf(to),
    };
  } finally {
    await first.files.tensors.close();
  }
}

/** The request for a single model, or one for each member of an ensemble. */
async function membersOf(request: ExportRequest): Promise<ExportRequest[]> {
  const { model, adapter } = request;
  const members = await readEnsemble(adapter ?? (await locateModel(model, request)).path);
  if (!members) return [request];
  return members.map((member) => ({
    ...request,
    ...(adapter === undefined ? { model: member } : { adapter: member }),
  }));
}

/** Opens a model and reads all but its weights; whoever opens it closes `files.tensors`. */
async function openParts(request: ExportRequest, type: WeightType, members: number): Promise<Parts> {
  const files = await openModelFiles(request.model, request);
  try {
    const adapterPath = request.adapter ?? files.source.path;
    const adapter = request.adapter === undefined ? files.adapter : await adapterOn(files, request.adapter);
    const weights = mergeWeights({
      config: files.config,
      tensors: files.tensors,
      basePath: files.base.path,
      ...(adapter && { adapter, adapterPath }),
    });
    const content = await describeExport(request, { files, adapter, adapterPath, weights, type, members });
    return { files, adapter, weights, content };
  } catch (error) {
    await files.tensors.close();
    throw error;
  }
}

/** Names what a format leaves out without harm to the rest. */
function lostIn(format: ExportFormat, { files, weights }: Parts): string[] {
  if (format !== "gguf") return [];
  const { tokenizer } = files;
  const [, , ...more] = weights.config.eosTokenIds.filter((id) => id !== tokenizer.eosTokenId);
  const names = more.map((id) => tokenizer.idToToken(id) ?? String(id)).join(", ");
  return more.length > 0 ? [`a GGUF has places for three stop tokens; ${names} is not written`] : [];
}

/** Refuses, before anything is written, what has no place in a format. */
function refuseForm(format: ExportFormat, { files, adapter, content }: Parts): void {
  if (format === "peft" && !adapter) {
    const message = "format: there is no adapter to export as peft; name one (--adapter), or export safetensors";
    throw new DomainError("export-invalid", message);
  }
  if (format === "gguf" && content.isReward) {
    const what = content.members > 1 ? "an ensemble of reward models" : "a reward model";
    throw unsupportedFile(
      files.source.path,
      `is ${what}, and a GGUF has no place for its head; export safetensors or peft`,
    );
  }
}

/** Reports a member's bytes as part of all members' bytes, of which each member has equally many. */
function progressOfAll({ onProgress }: ExportRequest, index: number, members: number): ExportRequest["onProgress"] {
  return (progress) => {
    const { bytes, totalBytes } = progress;
    const counted =
      bytes !== undefined && totalBytes !== undefined
        ? { bytes: index * totalBytes + bytes, totalBytes: members * totalBytes }
        : {};
    onProgress?.({ ...progress, ...counted, message: `${progress.message} (member ${index + 1} of ${members})` });
  };
}

async function adapterOn(files: OpenModelFiles, folder: string): Promise<Adapter> {
  if (files.adapter) {
    const message = `model: ${files.source.path} is an adapter itself; name its base as the model`;
    throw new DomainError("export-invalid", message);
  }
  return readAdapter(folder);
}

interface Parts {
  files: OpenModelFiles;
  adapter: Adapter | undefined;
  weights: MergedWeights;
  content: CardContent;
}

async function describeExport(
  { format, title, lineage = [] }: ExportRequest,
  {
    files,
    adapter,
    adapterPath,
    weights,
    type,
    members,
  }: Omit<Parts, "content"> & { adapterPath: string; type: WeightType; members: number },
): Promise<CardContent> {
  const base = describeBase(files);
  const { kind, path: place } = files.source;
  const training = await readRunRecord(adapter ? adapterPath : kind === "gguf" ? path.dirname(place) : place);
  const method = training ? `, ${nameOfMethod(String(training.run.method))}` : "";
  const { config, shapes } = weights;
  return {
    title: title ?? `${base.title}${method}`,
    format,
    type,
    isReward: config.rewardHead,
    members,
    parameters: [...shapes.values()].reduce((total, shape) => total + elementCount(shape), 0),
    base,
    adapter: adapter ? { rank: adapter.rank, alpha: adapter.alpha, targets: adapter.targets } : null,
    training,
    lineage,
  };
}

async function fill(
  folder: string,
  { format, maxShardBytes, onProgress, signal }: ExportRequest,
  { files, adapter, weights, content }: Parts,
): Promise<void> {
  const { tokenizer, chatTemplate, generationConfig } = files;
  const described = { tokenizer, chatTemplate, generationConfig, content, place: files.base.path };
  const step = { onProgress, signal };
  if (format === "peft" && adapter) {
    await writeAdapterFiles(folder, {
      ...adapter,
      baseModel: files.base.kind === "hub" ? files.base.reference : (content.base.hubId ?? files.base.reference),
    });
    await writeTokenizer(folder, tokenizer, chatTemplate);
  } else if (format === "safetensors") {
    await writeSafetensorsModel(folder, weights, described, {
      ...step,
      ...(maxShardBytes !== undefined && { maxShardBytes }),
    });
  } else {
    await writeGgufModel(folder, weights, described, step);
  }
  await writeFileAtomically(path.join(folder, "README.md"), writeModelCard(content));
  const { title, type, base, training, lineage } = content;
  await writeJson(path.join(folder, LINEAGE), {
    title,
    format,
    type,
    base: { ...base, reference: withoutPlace(files.base.reference) },
    ...(lineage.length > 0 && { lineage }),
    training,
  });
}

/** Refuses a folder with other content, which is never replaced. */
async function refuseTaken(to: string, overwrite: boolean): Promise<void> {
  const names = await readdir(to).catch((error: unknown): string[] => {
    if (isMissing(error)) return [];
    throw error;
  });
  if (names.length === 0) return;
  if (!names.includes(LINEAGE)) {
    throw new DomainError("export-conflict", `${to}: already holds other files; name a new folder`);
  }
  if (!overwrite) {
    throw new DomainError(
      "export-conflict",
      `${to}: holds an export already; replace it (--overwrite) or name another`,
    );
  }
}

async function filesOf(folder: string): Promise<ExportResult["files"]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)))
    .sort();
  return Promise.all(names.map(async (name) => ({ name, bytes: (await stat(path.join(folder, name))).size })));
}
