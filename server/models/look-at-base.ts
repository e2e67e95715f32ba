import { open, readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { DomainError } from "@/domain/errors";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { readGgufArchitecture } from "./gguf-architecture";
import { lookAtHub } from "./look-at-hub";
import { findModelPlace, type ModelPlace } from "./model-place";

/** What a first look finds out about a base, before it is made known to the project. */
export interface BaseLook {
  kind: ModelPlace["kind"];
  /** How the base is named from now on: a place with its whole path. */
  reference: string;
  /** The architecture as its files name it, such as `llama`; null where only the trainer can tell. */
  architecture: string | null;
  /** The bytes of its weights; null where nobody said. */
  sizeBytes: number | null;
}

/** The architectures that the trainer computes (trainer/models/config.ts). */
const ARCHITECTURES = ["llama", "gpt2"];

/** A description larger than this is no config.json. */
const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

/**
 * Looks at a base before it is added: whether it is there, what it is, whether the trainer can compute it, and how large it is.
 * @throws DomainError `model-place-forbidden`, `model-file-invalid`, `model-unsupported`, `model-unavailable`
 */
export async function lookAtBase(input: { actor: ProjectActor; reference: string }): Promise<BaseLook> {
  requireAdmin(input.actor);
  const place = await findModelPlace(input.reference);
  if (place.kind === "catalogue") return { ...place, architecture: null, sizeBytes: null };
  if (place.kind === "hub") {
    const { config, sizeBytes } = await lookAtHub(place);
    return { ...pick(place), architecture: architectureOf(config, place.reference), sizeBytes };
  }
  return { ...pick(place), ...(await lookAtPlace(place.reference)) };
}

const pick = ({ kind, reference }: ModelPlace) => ({ kind, reference });

async function lookAtPlace(place: string): Promise<Pick<BaseLook, "architecture" | "sizeBytes">> {
  const found = await stat(place).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") throw invalid(`There is nothing at ${place}.`);
    throw error;
  });
  if (!found.isDirectory()) return lookAtGguf(place, found.size);
  const names = await readdir(place);
  if (!names.includes("config.json")) {
    const ggufs = names.filter((name) => name.endsWith(".gguf"));
    if (ggufs.length === 1 && ggufs[0]) return lookAtGguf(path.join(place, ggufs[0]));
    if (names.includes("adapter_config.json"))
      throw new DomainError(
        "model-unsupported",
        `${place} is an adapter`,
        `${place} is an adapter, which is no base by itself. Merge it into its base, and add the whole model.`,
      );
    throw invalid(`${place} has no config.json, so it is no model folder of Hugging Face's kind.`);
  }
  const architecture = architectureOf(await readConfig(path.join(place, "config.json")), place);
  const weights = names.filter((name) => name.endsWith(".safetensors"));
  if (weights.length === 0) throw invalid(`${place} holds no weights: there is no file that ends in .safetensors.`);
  if (!names.includes("tokenizer.json")) throw invalid(`${place} has no tokenizer.json.`);
  const sizes = await Promise.all(weights.map(async (name) => (await stat(path.join(place, name))).size));
  return { architecture, sizeBytes: sizes.reduce((sum, size) => sum + size, 0) };
}

async function lookAtGguf(file: string, size?: number): Promise<Pick<BaseLook, "architecture" | "sizeBytes">> {
  if (!file.endsWith(".gguf")) throw invalid(`${file} is neither a folder nor a .gguf file.`);
  const handle = await open(file, "r");
  try {
    const sizeBytes = size ?? (await handle.stat()).size;
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(65_536), 0, 65_536, 0);
    const architecture = readGgufArchitecture(buffer.subarray(0, bytesRead));
    if (architecture === undefined) throw invalid(`${file} does not begin as a GGUF file does.`);
    return { architecture: supported(architecture, file), sizeBytes };
  } finally {
    await handle.close();
  }
}

async function readConfig(file: string): Promise<unknown> {
  const { size } = await stat(file);
  if (size > MAX_CONFIG_BYTES) throw invalid(`${file} is too large to be the description of a model.`);
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid(`${file} is not valid JSON.`);
    throw error;
  }
}

/** @throws DomainError `model-file-invalid`, `model-unsupported` */
function architectureOf(config: unknown, of: string): string {
  const fields = typeof config === "object" && config !== null ? config : {};
  const name = "model_type" in fields ? fields.model_type : undefined;
  if (typeof name !== "string") throw invalid(`The config.json of ${of} does not say its model_type.`);
  if ("quantization_config" in fields && fields.quantization_config)
    throw new DomainError(
      "model-unsupported",
      `${of} is quantised`,
      `${of} is quantised. Take the model before it was quantised, or a GGUF of it.`,
    );
  return supported(name, of) ?? name;
}

function supported(architecture: string | null, of: string): string | null {
  if (architecture === null || ARCHITECTURES.includes(architecture)) return architecture;
  throw new DomainError(
    "model-unsupported",
    `${of}: ${architecture}`,
    `${of} is a model of the kind “${architecture}”. The trainer computes those of the Llama and GPT-2 families (${ARCHITECTURES.join(", ")}).`,
  );
}

const invalid = (words: string) => new DomainError("model-file-invalid", words, words);
