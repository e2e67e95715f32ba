import { readFile } from "node:fs/promises";
import { writeFileAtomically } from "./atomic-write";
import { fileSystemError, invalidFile, isMissing, notFound, reasonOf } from "./file-errors";

export type JsonObject = { [key: string]: unknown };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads a JSON file whose top level is an object. Errors name the file. */
export async function readJsonObject(path: string): Promise<JsonObject> {
  const found = await readJsonObjectIfPresent(path);
  if (!found) throw notFound(path, "there is no such file");
  return found;
}

export async function readJsonObjectIfPresent(path: string): Promise<JsonObject | null> {
  const text = await readTextIfPresent(path);
  return text === null ? null : parseJsonObject(text, path);
}

export async function readTextIfPresent(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return null;
    throw fileSystemError(path, "read", error);
  }
}

export function parseJsonObject(text: string, path: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalidFile(path, `is not valid JSON (${reasonOf(error)})`, error);
  }
  if (!isJsonObject(value)) throw invalidFile(path, "should hold a JSON object");
  return value;
}

/** Writes JSON as Hugging Face does: two spaces, a final line break. */
export async function writeJson(path: string, value: JsonObject): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(value, null, 2)}\n`);
}
