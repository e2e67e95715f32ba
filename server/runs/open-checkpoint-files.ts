import { createReadStream } from "node:fs";
import path from "node:path";
import { DomainError } from "@/domain/errors";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { listFiles } from "../models/model-files";
import { dataPath } from "../storage/data-folder";
import type { StoredFile } from "../storage/tar";
import { runNotFound } from "./run-row";
import { type StoredCheckpoint, surveyCheckpoints } from "./spare-checkpoints";

/**
 * Opens the files of a run's checkpoint for download: the trained parameters, with the optimizer where a run can go on
 * from it, and what they belong to. `checkpoint` is a step ("8"), or "best-8" for the parameters alone; an ensemble's
 * member has "member-2-8". Names come from the folder itself, never from a request.
 * @throws DomainError `run-not-found`, `checkpoint-not-found`
 */
export async function openCheckpointFiles(input: { actor: ProjectActor; runId: string; checkpoint: string }) {
  const { projectId } = requireAdmin(input.actor);
  const { runId, checkpoint } = input;
  const run = await database().trainingRun.findFirst({ where: { id: runId, projectId } });
  if (!run) throw runNotFound(runId);
  const { all } = await surveyCheckpoints(run.folder, { status: run.status, retention: "all" });
  const found = all.find((one) => checkpoint === addressOf(one));
  if (!found)
    throw new DomainError("checkpoint-not-found", `no ${checkpoint} of ${runId}`, "There is no such checkpoint.");
  const folder = dataPath(found.folder);
  const files: StoredFile[] = (await listFiles(folder)).map((file) => ({
    ...file,
    open: () => createReadStream(path.join(folder, file.name)),
  }));
  const ofMember = found.member === null ? "" : `member-${found.member}-`;
  return { name: `run-${run.number}-${ofMember}${found.kind === "best" ? "best" : "step"}-${found.step}`, files };
}

function addressOf({ member, kind, step }: StoredCheckpoint): string {
  const own = kind === "best" ? `best-${step}` : String(step);
  return member === null ? own : `member-${member}-${own}`;
}
