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
 * The files of a run's checkpoint, to be downloaded: the trained parameters, with the optimizer where a run can go on
 * from it, and what they belong to. `checkpoint` is a step ("8"), or "best-8" for the parameters alone. Names come from
 * the folder itself, never from a request.
 * @throws DomainError `run-not-found`, `checkpoint-not-found`
 */
export async function openCheckpointFiles(input: { projectId: string; runId: string; checkpoint: string }) {
  const { projectId, runId, checkpoint } = input;
  const run = await database().trainingRun.findFirst({ where: { id: runId, projectId } });
  if (!run) throw runNotFound(runId);
  const checkpoints = await listCheckpoints(run.folder);
  const found = checkpoints.find(({ kind, step }) => checkpoint === (kind === "best" ? `best-${step}` : String(step)));
  if (!found)
    throw new DomainError("checkpoint-not-found", `no ${checkpoint} of ${runId}`, "There is no such checkpoint.");
  const folder = dataPath(found.folder);
  const files: StoredFile[] = (await listFiles(folder)).map((file) => ({
    ...file,
    open: () => createReadStream(path.join(folder, file.name)),
  }));
  return { name: `run-${run.number}-${found.kind === "best" ? "best" : "step"}-${found.step}`, files };
}
