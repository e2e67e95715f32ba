import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { DomainError } from "@/domain/errors";
import { settings } from "../settings";
import type { ModelPlace } from "./model-place";

const PATIENCE_MILLISECONDS = 15_000;
const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

type HubPlace = Extract<ModelPlace, { kind: "hub" }>;

/**
 * Reads the config.json of a repository of the hub, and the size of its weights where the hub says it. What the trainer has
 * fetched before is read from its cache, without the network.
 * @throws DomainError `model-unavailable` where the hub does not answer, has no such repository, or wants a token
 */
export async function lookAtHub(place: HubPlace): Promise<{ config: unknown; sizeBytes: number | null }> {
  const cached = cachedConfig(place);
  if (existsSync(cached)) return { config: JSON.parse(await readFile(cached, "utf8")), sizeBytes: null };
  const { repo, revision = "main" } = place;
  const config = await ask(place, `${repo}/resolve/${encodeURIComponent(revision)}/config.json`);
  const tree = await ask(place, `api/models/${repo}/tree/${encodeURIComponent(revision)}`);
  return { config, sizeBytes: weightsOf(tree, place) };
}

/** The trainer's cache has a folder for each repository (trainer/models/fetch-model.ts). */
function cachedConfig({ reference }: HubPlace): string {
  const [owner = "", ...rest] = reference.split("/");
  return path.join(settings().cacheFolder, "models", "hub", owner, encodeURIComponent(rest.join("/")), "config.json");
}

async function ask({ reference }: HubPlace, address: string): Promise<unknown> {
  const { endpoint, token } = settings().hub;
  const headers = token === null ? undefined : { authorization: `Bearer ${token}` };
  let response: Response;
  try {
    response = await fetch(`${endpoint}/${address}`, { headers, signal: AbortSignal.timeout(PATIENCE_MILLISECONDS) });
  } catch (error) {
    throw unavailable(reference, `${endpoint} can't be reached from this machine`, error);
  }
  if (response.status === 404) throw unavailable(reference, "the hub has no such model, or it has no config.json");
  if (response.status === 401 || response.status === 403)
    throw unavailable(reference, "there is no such model, or it is private or gated, and HF_TOKEN does not open it");
  if (!response.ok) throw unavailable(reference, `the hub answered ${response.status}`);
  const text = await readText(response, reference);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unavailable(reference, "the hub's answer is not valid JSON", error);
  }
}

async function readText(response: Response, reference: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const body = (response.body ?? []) as unknown as AsyncIterable<Uint8Array>; // Node's streams are iterable
  for await (const piece of body) {
    size += piece.length;
    if (size > MAX_CONFIG_BYTES) throw unavailable(reference, "the hub's answer is too large");
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

function weightsOf(tree: unknown, { reference }: HubPlace): number | null {
  const files: unknown[] = Array.isArray(tree) ? tree : [];
  const weights = files.filter(
    (file): file is { path: string; size: number } =>
      typeof file === "object" &&
      file !== null &&
      "path" in file &&
      typeof file.path === "string" &&
      file.path.endsWith(".safetensors") &&
      "size" in file &&
      typeof file.size === "number",
  );
  if (weights.length === 0)
    throw unavailable(reference, "it holds no safetensors, the only weights taken from the hub");
  return weights.reduce((sum, { size }) => sum + size, 0);
}

const unavailable = (reference: string, reason: string, cause?: unknown) =>
  new DomainError("model-unavailable", `${reference}: ${reason}`, `“${reference}” was not found: ${reason}.`, cause);
