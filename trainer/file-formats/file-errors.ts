import { stat } from "node:fs/promises";
import { DomainError } from "@/domain/errors";

/**
 * Makes the error for a file whose content cannot be used: one line that starts with its path. Code
 * `model-file-invalid`.
 */
export function invalidFile(path: string, what: string, cause?: unknown): DomainError {
  return new DomainError("model-file-invalid", `${path}: ${what}`, undefined, cause);
}

/** Makes the error for a valid file that this version can do nothing with. Code `model-unsupported`. */
export function unsupportedFile(path: string, what: string): DomainError {
  return new DomainError("model-unsupported", `${path}: ${what}`);
}

/** Makes the error for a file or folder that is not there. Code `model-not-found`. */
export function notFound(path: string, what: string, cause?: unknown): DomainError {
  return new DomainError("model-not-found", `${path}: ${what}`, undefined, cause);
}

/**
 * Makes the error for the file system's own refusal (permission, full disk, missing folder), as one line that names the
 * file.
 */
export function fileSystemError(path: string, doing: "read" | "written", error: unknown): DomainError {
  if (doing === "read" && isMissing(error)) return notFound(path, "there is no such file", error);
  return new DomainError(
    "model-file-inaccessible",
    `${path}: cannot be ${doing} (${reasonOf(error)})`,
    undefined,
    error,
  );
}

/** The first line of anything that was thrown, for use inside a longer sentence. */
export function reasonOf(error: unknown): string {
  if (error instanceof DomainError) return error.userMessage;
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] ?? text;
}

export function isMissing(error: unknown): boolean {
  return hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR");
}

/** Whether a file or folder is there. Throws if the file system refuses to tell. */
export async function exists(place: string): Promise<boolean> {
  try {
    await stat(place);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
