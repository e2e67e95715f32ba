import { existsSync } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import path from "node:path";
import { DomainError } from "@/domain/errors";
import { KNOWN_SHAPES } from "@/domain/models/known-shapes";
import { settings } from "../settings";

/** What a base's reference names: a model of the catalogue or the instance's default, a repository of the hub, or a folder or file on this machine. */
export type ModelPlace =
  | { kind: "catalogue"; reference: string }
  | { kind: "hub"; reference: string; repo: string; revision?: string }
  | { kind: "place"; reference: string };

const HUB_ID = /^([\w-][\w.-]*\/[\w-][\w.-]*?)(?:@(\w[\w./-]*))?$/;

/**
 * Finds out what a reference names, and refuses whatever lies outside of the folders that the instance allows, so that nobody
 * learns by it which files the machine has. A path that is not absolute is meant from the first such folder.
 * @throws DomainError `model-place-forbidden`, which says what to do; the same whether or not there is such a file
 */
export async function findModelPlace(reference: string): Promise<ModelPlace> {
  // What the instance's own default names is the operator's choice.
  if (Object.hasOwn(KNOWN_SHAPES, reference) || reference === settings().defaultModel)
    return { kind: "catalogue", reference };
  const [, repo, revision] = reference.endsWith(".gguf") ? [] : (HUB_ID.exec(reference) ?? []);
  if (repo !== undefined) {
    // The trainer takes a folder of that name in its own folder first.
    if (existsSync(path.resolve(reference))) throw forbidden(reference);
    return { kind: "hub", reference, repo, ...(revision !== undefined && { revision }) };
  }
  const place = path.resolve(settings().modelFolders[0] ?? settings().dataFolder, reference);
  await assertAllowed(place);
  return { kind: "place", reference: place };
}

/**
 * Checks a place by its name first, without a look at the disk, and then by where its links lead, those of its files too.
 * @throws DomainError `model-place-forbidden`
 */
async function assertAllowed(place: string): Promise<void> {
  const { modelFolders } = settings();
  if (!modelFolders.some((folder) => isInside(folder, place))) throw forbidden(place);
  const roots = await Promise.all(modelFolders.map((folder) => realpathIfPresent(folder)));
  for (const one of [place, ...(await filesOf(place))]) {
    const real = await realpathIfPresent(one);
    if (real !== null && !roots.some((root) => root !== null && isInside(root, real))) throw forbidden(one);
  }
}

function isInside(folder: string, place: string): boolean {
  const way = path.relative(folder, place);
  return way !== "" && way !== ".." && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
}

const ABSENT = new Set(["ENOENT", "ENOTDIR", "ELOOP"]);
const isAbsent = (error: unknown) => error instanceof Error && "code" in error && ABSENT.has(String(error.code));

async function realpathIfPresent(place: string): Promise<string | null> {
  return realpath(place).catch((error: unknown) => {
    if (isAbsent(error)) return null;
    throw error;
  });
}

async function filesOf(place: string): Promise<string[]> {
  const names = await readdir(place).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw error;
  });
  return names.map((name) => path.join(place, name));
}

function forbidden(place: string): DomainError {
  const folders = settings().modelFolders.join(", ");
  return new DomainError(
    "model-place-forbidden",
    `${place} is in none of ${folders}`,
    `“${place}” is not in a folder from which this instance takes models (${folders}), or leads out of it by a link. Put the model there, or ask whoever runs the instance to add its folder to TUNELOOP_MODEL_FOLDERS.`,
  );
}
