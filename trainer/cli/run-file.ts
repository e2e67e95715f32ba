import { readFile, stat } from "node:fs/promises";
import { DomainError } from "@/domain/errors";
import type { RunConfig } from "@/domain/runs/run-config";
import { reasonOf } from "../file-formats/file-errors";

const invalid = (message: string, cause: unknown) => new DomainError("run-config-invalid", message, undefined, cause);

/**
 * Reads the text of a run's configuration.
 * @throws DomainError `run-config-invalid` naming the file
 */
export async function readRunFile(file: string): Promise<string> {
  return readFile(file, "utf8").catch((error: unknown) => {
    throw invalid(`${file}: can't be read (${reasonOf(error)})`, error);
  });
}

/**
 * Checks that the files that a configuration names are there, before any work is done for the run.
 * @throws DomainError `run-config-invalid` naming file and key
 */
export async function requireFiles(config: RunConfig, fileName: string): Promise<void> {
  for (const key of ["dataset", "validationDataset", "adapter"] as const) {
    const place = config[key];
    if (place === undefined) continue;
    await stat(place).catch((error: unknown) => {
      throw invalid(`${fileName}: ${key}: ${place} can't be read (${reasonOf(error)})`, error);
    });
  }
}
