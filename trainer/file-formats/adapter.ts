import path from "node:path";
import { parseHubModel } from "../models/hub-model";
import { writeFolderAtomically } from "./atomic-write";
import { exists, invalidFile, unsupportedFile } from "./file-errors";
import type { JsonObject } from "./json-file";
import { readJsonObject, writeJson } from "./json-file";
import { readSafetensors, writeSafetensors } from "./safetensors";
import type { NamedTensor, NamedTensors } from "./tensor-file";

const CONFIG = "adapter_config.json";
const TENSORS = "adapter_model.safetensors";
/** The older form of the tensors, which runs code when it is read. */
const PICKLED = "adapter_model.bin";
/** PEFT wraps the model twice and writes both wrappers into its tensors' names. */
const PREFIX = "base_model.model.";

type Matrix = Pick<NamedTensor, "shape" | "data">;

/** A LoRA delta on one linear layer: ΔW = scaling · B·A, W as [out, in]. */
export interface LoraMatrices {
  /** [rank, in] */
  a: Matrix;
  /** [out, rank] */
  b: Matrix;
}

/** A LoRA adapter (arXiv:2106.09685) as PEFT keeps it. */
export interface Adapter {
  /**
   * The place of the base model when the adapter was made: a folder, a hub id (`owner/name@revision`) or a catalogue
   * name.
   */
  baseModel: string | null;
  rank: number;
  alpha: number;
  /** PEFT's `lora_dropout`, which matters when the adapter is trained further. */
  dropout: number;
  /** The last parts of the names of the layers that have a delta: `q_proj`, `c_attn` … */
  targets: string[];
  taskType: "CAUSAL_LM" | "SEQ_CLS";
  /** True where the base keeps its weights as [in, out] (GPT-2's Conv1D). */
  fanInFanOut: boolean;
  /** The deltas by module name as in the base's own files: `model.layers.0.mlp.down_proj`. */
  layers: Map<string, LoraMatrices>;
  /** Whole tensors trained beside the deltas (PEFT's `modules_to_save`), such as `score.weight`. */
  savedTensors: Map<string, Matrix>;
  /** PEFT's `modules_to_save` as the file has it; if undefined, the modules of the saved tensors. */
  modulesToSave?: string[];
  /**
   * An expression by which PEFT's `target_modules` chooses layers; if undefined, the list of `targets` chooses them.
   */
  targetExpression?: string;
  /** Whether the file excludes some of the layers that `targets` names (`layers_to_transform`, `exclude_modules`). */
  isSelective?: boolean;
}

/**
 * Reads a PEFT adapter folder. A feature that the maths does not implement (DoRA, rsLoRA, a rank a layer …) is refused.
 */
export async function readAdapter(folder: string): Promise<Adapter> {
  const configPath = path.join(folder, CONFIG);
  const header = parseAdapterConfig(await readJsonObject(configPath), configPath);
  const tensorsPath = path.join(folder, TENSORS);
  if (!(await exists(tensorsPath)) && (await exists(path.join(folder, PICKLED)))) {
    throw unsupportedFile(
      folder,
      `holds ${PICKLED}; only safetensors are read (save it again with PEFT: model.save_pretrained(folder))`,
    );
  }
  const { tensors } = await readSafetensors(tensorsPath);
  const sorted = sortTensors(tensors, header.rank, tensorsPath);
  // The layers that have a delta count, whatever words of the configuration chose them.
  const targets = [...new Set([...sorted.layers.keys()].map(lastPart))].sort();
  return { ...header, targets, ...sorted };
}

const lastPart = (module: string) => module.slice(module.lastIndexOf(".") + 1);

/**
 * Keys that select a kind of LoRA, or of its initialisation, that the maths does not have: its tensors, or its base,
 * mean something else.
 */
const UNSUPPORTED_WHERE_SET = [
  ...["use_dora", "use_rslora", "lora_bias", "use_qalora", "use_bdlora", "layer_replication", "target_parameters"],
  ...["trainable_token_indices", "alora_invocation_tokens", "arrow_config", "kasa_config", "monteclora_config"],
  ...["velora_config"],
];
/** The way out for an adapter that can't be loaded as one. */
const MERGE_FIRST =
  "merge it into its base with PEFT (model.merge_and_unload().save_pretrained(folder)) and give that folder as the model";
/**
 * Initialisations that take a part out of the base's weights, which PEFT takes out again whenever it loads the adapter.
 */
const CHANGES_BASE = /^(pissa|olora|corda|loftq|lora_ga)/;

function parseAdapterConfig(config: JsonObject, file: string): Omit<Adapter, "layers" | "savedTensors" | "targets"> {
  const refuse = (key: string) =>
    unsupportedFile(file, `"${key}" is ${JSON.stringify(config[key])}, which is not supported; ${MERGE_FIRST}`);
  if (config.peft_type !== "LORA") throw refuse("peft_type");
  for (const key of UNSUPPORTED_WHERE_SET) if (isSet(config[key])) throw refuse(key);
  if (CHANGES_BASE.test(String(config.init_lora_weights ?? ""))) throw refuse("init_lora_weights");
  for (const key of ["rank_pattern", "alpha_pattern"]) {
    if (Object.keys((config[key] as JsonObject | null | undefined) ?? {}).length > 0) throw refuse(key);
  }
  if (config.bias !== undefined && config.bias !== "none") throw refuse("bias");
  const { r: rank, lora_alpha: alpha, target_modules: targets, modules_to_save: modulesToSave } = config;
  const { base_model_name_or_path: baseModel, revision } = config;
  if (!Number.isInteger(rank) || (rank as number) < 1) throw invalidFile(file, '"r" should be a whole number above 0');
  if (typeof alpha !== "number") throw invalidFile(file, '"lora_alpha" is missing');
  const { lora_dropout: dropout = 0 } = config;
  if (typeof dropout !== "number" || dropout < 0 || dropout >= 1) {
    throw invalidFile(file, '"lora_dropout" should be a number from 0 up to (not including) 1');
  }
  return {
    baseModel:
      typeof baseModel !== "string" ? null : typeof revision === "string" ? `${baseModel}@${revision}` : baseModel,
    rank: rank as number,
    alpha,
    dropout,
    ...(typeof targets === "string" && { targetExpression: targets }),
    ...(Array.isArray(modulesToSave) && { modulesToSave: modulesToSave.map(String) }),
    isSelective: ["layers_to_transform", "layers_pattern", "exclude_modules"].some((key) => isSet(config[key])),
    taskType: config.task_type === "SEQ_CLS" ? "SEQ_CLS" : "CAUSAL_LM",
    fanInFanOut: config.fan_in_fan_out === true,
  };
}

function isSet(value: unknown): boolean {
  return typeof value === "object" && value !== null ? Object.keys(value).length > 0 : Boolean(value);
}

function sortTensors(tensors: NamedTensors, rank: number, file: string): Pick<Adapter, "layers" | "savedTensors"> {
  const layers: Adapter["layers"] = new Map();
  const savedTensors: Adapter["savedTensors"] = new Map();
  for (const [fullName, tensor] of tensors) {
    if (!fullName.startsWith(PREFIX))
      throw invalidFile(file, `tensor ${fullName}: its name should start with ${PREFIX}`);
    const name = fullName.slice(PREFIX.length);
    const [, module, side] = /^(.+)\.lora_(A|B)\.weight$/.exec(name) ?? [];
    if (module === undefined) {
      if (/lora_|token_adapter|\.base_layer\./.test(name)) {
        throw unsupportedFile(
          file,
          `tensor ${fullName}: adapters with tensors of this kind are not supported; ${MERGE_FIRST}`,
        );
      }
      savedTensors.set(name, tensor);
      continue;
    }
    if (tensor.shape.length !== 2 || tensor.shape[side === "A" ? 0 : 1] !== rank) {
      throw invalidFile(file, `tensor ${fullName}: shape [${tensor.shape.join(", ")}] does not have the rank ${rank}`);
    }
    if (side === "B") continue;
    const b = tensors.get(`${PREFIX}${module}.lora_B.weight`);
    if (!b) throw invalidFile(file, `tensor ${PREFIX}${module}.lora_B.weight: is missing`);
    layers.set(module, { a: tensor, b });
  }
  for (const name of tensors.keys()) {
    const module = name.slice(PREFIX.length).replace(/\.lora_B\.weight$/, "");
    if (name.endsWith(".lora_B.weight") && !layers.has(module)) {
      throw invalidFile(file, `tensor ${PREFIX}${module}.lora_A.weight: is missing`);
    }
  }
  return { layers, savedTensors };
}

/**
 * Writes a folder that PEFT loads with `PeftModel.from_pretrained(base, folder)`. The folder appears complete or not at
 * all.
 */
export async function writeAdapter(folder: string, adapter: Adapter): Promise<void> {
  await writeFolderAtomically(folder, (temporary) => writeAdapterFiles(temporary, adapter));
}

/** Writes an adapter's files into a folder that is being made. */
export async function writeAdapterFiles(folder: string, adapter: Adapter): Promise<void> {
  const tensors = new Map<string, Matrix>();
  for (const [module, { a, b }] of adapter.layers) {
    tensors.set(`${PREFIX}${module}.lora_A.weight`, a);
    tensors.set(`${PREFIX}${module}.lora_B.weight`, b);
  }
  for (const [name, tensor] of adapter.savedTensors) tensors.set(PREFIX + name, tensor);
  await writeSafetensors(path.join(folder, TENSORS), tensors);
  await writeJson(path.join(folder, CONFIG), adapterConfig(adapter));
}

function adapterConfig(adapter: Adapter): JsonObject {
  const savedModules = [
    ...new Set([...adapter.savedTensors.keys()].map((name) => name.replace(/\.(weight|bias)$/, ""))),
  ];
  const { repo, revision } = parseHubModel(adapter.baseModel ?? "") ?? {};
  return {
    alpha_pattern: {},
    base_model_name_or_path: repo ?? adapter.baseModel,
    bias: "none",
    fan_in_fan_out: adapter.fanInFanOut,
    inference_mode: true,
    init_lora_weights: true,
    lora_alpha: adapter.alpha,
    lora_dropout: adapter.dropout,
    modules_to_save: adapter.modulesToSave ?? (savedModules.length > 0 ? savedModules : null),
    peft_type: "LORA",
    r: adapter.rank,
    rank_pattern: {},
    revision: revision ?? null,
    target_modules: targetModules(adapter),
    task_type: adapter.taskType,
    use_dora: false,
    use_rslora: false,
  };
}

/**
 * The value of PEFT's `target_modules`, by which it chooses the layers: the original expression, names of kinds of
 * layers, or each layer by its whole name.
 */
function targetModules({ targetExpression, isSelective, targets, layers }: Adapter): string | string[] {
  if (isSelective) return [...layers.keys()].sort();
  return targetExpression ?? [...targets].sort();
}
