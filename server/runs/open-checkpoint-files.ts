import { createReadStream } from "node:fs";
import path from "node:path";
import { DomainError } from "@/domain/errors";
import { database } from "../database/client";
import { listFiles } from "../models/model-files";
import { dataPath } from "../storage/data-folder";
import type { StoredFile } from "../storage/tar";
import { runNotFound } from "./run-row";
import { listCheckpoints } from "./spare-checkpoints";

/**
 * The files of a run's checkpoint after a step, to be downloaded: the trained parameters with the optimizer, and what
 * they belong to. Names come from the folder itself, never from a request.
 * @throws DomainError `run-not-found`, `checkpoint-not-found`
 */
export async function openCheckpointFiles(input: { projectId: string; runId: string; step: number }) {
  const { projectId, runId, step } = input;
  const run = await database().trainingRun.findFirst({ where: { id: runId, projectId } });
  if (!run) throw runNotFound(runId);
  const checkpoints = await listCheckpoints(run.folder);
  const found = checkpoints.find(({ folder }) => Number(path.basename(folder).slice("step-".length)) === step);
  if (!found)
    throw new DomainError("checkpoint-not-found", `no step ${step} of ${runId}`, "There is no such checkpoint.");
  const folder = dataPath(found.folder);
  const files: StoredFile[] = (await listFiles(folder)).map((file) => ({
    ...file,
    open: () => createReadStream(path.join(folder, file.name)),
  }));
  return { name: `run-${run.number}-step-${step}`, files };
}
