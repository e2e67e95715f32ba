import { readdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import type { Adapter } from "../file-formats/adapter";
import { readAdapter } from "../file-formats/adapter";
import { exists, invalidFile, isMissing, notFound, reasonOf, unsupportedFile } from "../file-formats/file-errors";
import { openGguf } from "../file-formats/gguf";
import { readExportedBase } from "../file-formats/lineage-file";
import type { ModelFolder, OpenModelFolder } from "../file-formats/model-folder";
import { openModelFolder } from "../file-formats/model-folder";
import { isFiniteThroughout, type NamedTensors } from "../file-formats/tensor-file";
import type { TensorStore } from "../file-formats/tensor-store";
import { limitTokenizer } from "../tokenizer/limit-tokenizer";
import { prepareTemplate } from "../tokenizer/prepare-template";
import { CATALOGUE, findInCatalogue } from "./catalogue";
import { fetchCatalogueModel, fetchHubModel, makeTinyModel } from "./fetch-model";
import { type FetchOptions, fetchCancelled } from "./fetch-progress";
import { parseHubModel } from "./hub-model";
import { putSavedTensors } from "./saved-tensors";
import { withEndOfTurn } from "./stop-ids";
import { settleTie } from "./tied-head";

export interface ModelSource {
  kind: "catalogue" | "hub" | "folder" | "gguf";
  /** The reference that was asked for, with which the model can be asked for again or named as an adapter's base. */
  reference: string;
  /** The file or folder in which the model lies. */
  path: string;
}

/**
 * Remarks that the user of a model should know, each a full sentence without the model's name and without a full stop.
 */
interface Noticed {
  notices: string[];
  /** The text that the chat template puts before a conversation without a system turn; null if there is none. */
  defaultSystemText: string | null;
}

export interface ModelFiles extends ModelFolder, Noticed {
  source: ModelSource;
  /** Set when the reference was a PEFT adapter folder; everything else then describes its base. */
  adapter?: Adapter;
}

export interface LoadModelFilesOptions extends FetchOptions {
  /** The folder that a relative path starts from. Default: the current folder. */
  relativeTo?: string;
  /** The base to use for an adapter folder whose own record of its base no longer leads anywhere. */
  adapterBase?: string;
}

/**
 * Reads a model by any of its names: a catalogue name, a folder (also a PEFT adapter's), a .gguf file, or a hub id
 * `owner/name`, which is fetched first. The numbers of a tensor are read, as Float32, and checked whenever its `data` is
 * asked for, so that a model on its way to the device is never in memory twice.
 * @throws DomainError naming the file and the key or tensor, or saying how else to get the model
 */
export async function loadModelFiles(reference: string, options: LoadModelFilesOptions = {}): Promise<ModelFiles> {
  const { tensors: store, base, licence: _, ...open } = await openModelFiles(reference, options);
  await store.close();
  const tensors = readWhenAsked(store, base.path);
  const { adapter, config } = open;
  return { ...open, tensors, config: adapter ? putSavedTensors(config, tensors, adapter, open.source.path) : config };
}

function readWhenAsked(store: TensorStore, location: string): NamedTensors {
  const tensors: NamedTensors = new Map();
  for (const [name, { dtype, shape }] of store.entries) {
    tensors.set(name, {
      dtype,
      shape,
      get data() {
        const { data } = store.readNow(name);
        checkFinite(name, data, location);
        return data;
      },
    });
  }
  return tensors;
}

/** A model whose tensors stay on disk and have not been looked at; for an adapter they are those of its base. */
export interface OpenModelFiles extends OpenModelFolder, Noticed {
  source: ModelSource;
  adapter?: Adapter;
  /** The source of the tensors: the base of an adapter, else the model itself. */
  base: ModelSource;
}

/** Finds a model by any of its names and reads all but its tensors. Whoever opens it closes its `tensors`. */
export async function openModelFiles(reference: string, options: LoadModelFilesOptions = {}): Promise<OpenModelFiles> {
  const source = await locateModel(reference, options);
  if (options.signal?.aborted) throw fetchCancelled(options.signal.reason);
  if (await isAdapterFolder(source.path)) return openAdapted(source, options);
  options.onProgress?.({ stage: "reading", message: `Reading ${source.reference}` });
  const model = await openModel(source);
  try {
    return { source, base: source, ...(await settle(model, source)) };
  } catch (error) {
    await model.tensors.close();
    throw error;
  }
}

/** Decides what counts where two files of a model disagree, and notes the decision. */
async function settle(
  opened: OpenModelFolder,
  { kind, path: location }: ModelSource,
): Promise<OpenModelFolder & Noticed> {
  checkScores(opened, location);
  const isGguf = kind === "gguf" || (await onlyGgufIn(location)) !== undefined;
  const tie = await settleTie(opened, !isGguf);
  const { model, notice } = limitTokenizer({ ...opened, config: tie.config }, location);
  const { chatTemplate, endOfTurnId, defaultSystemText, notices } = prepareTemplate(
    model.chatTemplate,
    model.tokenizer,
  );
  const ends = withEndOfTurn(model, endOfTurnId);
  return {
    ...model,
    config: ends.config,
    chatTemplate,
    defaultSystemText,
    notices: [...opened.remarks, tie.notice, notice, ends.notice, ...notices].filter((one) => one !== null),
  };
}

/** Refuses a classifier of several classes, whose file says so by the shape of its head alone. */
function checkScores({ config, tensors }: OpenModelFolder, location: string): void {
  const outputs = tensors.entries.get("score.weight")?.shape[0] ?? 1;
  if (!config.rewardHead || outputs === 1) return;
  throw unsupportedFile(
    location,
    `has ${outputs} outputs (score.weight): a reward model has exactly one; train one with num_labels=1`,
  );
}

async function openAdapted(source: ModelSource, options: LoadModelFilesOptions): Promise<OpenModelFiles> {
  const adapter = await readAdapter(source.path);
  const exported = await readExportedBase(source.path);
  const base = options.adapterBase ?? (findInCatalogue(exported ?? "") ? exported : adapter.baseModel);
  const configPath = path.join(source.path, "adapter_config.json");
  if (!base) throw invalidFile(configPath, '"base_model_name_or_path" is missing');
  // A relative base is meant from the folder where the adapter was made; in a folder that was moved as a whole it is
  // meant from the adapter.
  const beside = path.resolve(source.path, base);
  const isBeside = !options.adapterBase && (await exists(beside));
  const files = await openModelFiles(isBeside ? beside : base, { ...options, adapterBase: undefined }).catch(
    (error: unknown) => {
      if (options.signal?.aborted) throw error;
      throw notFound(
        configPath,
        `its base model ${base} cannot be loaded; name the base as well (${reasonOf(error)})`,
        error,
      );
    },
  );
  if (files.adapter) {
    await files.tensors.close();
    throw invalidFile(configPath, `its base ${base} is an adapter too; merge that one first`);
  }
  return { ...files, source, adapter };
}

/** Finds out what a reference means and where its files are, fetching or making them where needed. */
export async function locateModel(reference: string, options: LoadModelFilesOptions = {}): Promise<ModelSource> {
  const entry = findInCatalogue(reference);
  if (entry) {
    const folder =
      entry.origin.kind === "made"
        ? await makeTinyModel(options)
        : await fetchCatalogueModel(entry, entry.origin, options);
    return { kind: "catalogue", reference, path: folder };
  }
  const local = path.resolve(options.relativeTo ?? ".", reference.replace(/^~(?=\/|$)/, homedir()));
  const found = await kindOf(local);
  if (found) return { kind: found, reference: local, path: local };
  const hubModel = parseHubModel(reference);
  if (hubModel) return { kind: "hub", reference, path: await fetchHubModel(hubModel, options) };
  const names = CATALOGUE.map(({ name }) => name).join(", ");
  throw notFound(local, `is not a model: give a folder, a .gguf file, a hub id (owner/name), or one of ${names}`);
}

async function openModel({ kind, path: location }: ModelSource): Promise<OpenModelFolder> {
  const file = kind === "gguf" ? location : await onlyGgufIn(location);
  return file ? openGguf(file) : openModelFolder(location);
}

/** The GGUF file of a folder that holds one and no config.json, as the cache's folder of the default base does. */
async function onlyGgufIn(folder: string): Promise<string | undefined> {
  const names = await readdir(folder);
  const files = names.filter((name) => name.endsWith(".gguf"));
  return files.length === 1 && !names.includes("config.json") ? path.join(folder, files[0]!) : undefined;
}

/** Refuses NaN and infinite numbers, which neither file format rules out. */
export function checkFinite(name: string, data: Float32Array | Int32Array, location: string): void {
  if (!isFiniteThroughout(data)) throw invalidFile(location, `tensor ${name}: holds numbers that are not finite`);
}

async function isAdapterFolder(folder: string): Promise<boolean> {
  return (await exists(path.join(folder, "adapter_config.json"))) && !(await exists(path.join(folder, "config.json")));
}

async function kindOf(location: string): Promise<"folder" | "gguf" | undefined> {
  try {
    return (await stat(location)).isDirectory() ? "folder" : "gguf";
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
