import { statfs } from "node:fs/promises";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { findUse } from "../models/find-use";
import { importFolder } from "../prompts/import-files";
import { type spareOf, surveyCheckpoints } from "../runs/spare-checkpoints";
import { dataPath } from "./data-folder";
import { folderSize } from "./folder-size";

/** Measures what a project takes on disk, by what took it, and what of it could go. */
export async function measureProject(actor: ProjectActor) {
  const { projectId } = requireAdmin(actor);
  const [project, runs, versions, uploads, disk] = await Promise.all([
    database().project.findUniqueOrThrow({ where: { id: projectId }, select: { checkpointRetention: true } }),
    database().trainingRun.findMany({
      where: { projectId },
      orderBy: { number: "desc" },
      select: {
        id: true,
        number: true,
        method: true,
        status: true,
        folder: true,
        modelVersion: { select: modelSelect },
      },
    }),
    database().datasetVersion.findMany({
      where: { projectId },
      orderBy: { version: "desc" },
      select: { id: true, version: true, folder: true },
    }),
    // Uploads that were taken in or set aside have no files any more; those under way are few.
    database().promptImport.findMany({
      where: { projectId, status: { in: ["queued", "running", "ready", "failed"] } },
      select: { id: true },
    }),
    statfs(dataPath()),
  ]);
  const retention = project.checkpointRetention;
  const measuredRuns = await Promise.all(runs.map((run) => measureRun(run, retention)));
  const datasets = await Promise.all(
    versions.map(async ({ folder, ...version }) => ({ ...version, bytes: await folderSize(folder) })),
  );
  const sum = (sizes: number[]) => sizes.reduce((total, size) => total + size, 0);
  const uploadSizes = await Promise.all(uploads.map(({ id }) => folderSize(importFolder(id))));
  const bytes = {
    checkpoints: sum(measuredRuns.map((run) => run.checkpointBytes)),
    models: sum(measuredRuns.map((run) => run.modelBytes)),
    records: sum(measuredRuns.map((run) => run.recordBytes)),
    datasets: sum(datasets.map((version) => version.bytes)),
    uploads: sum(uploadSizes),
  };
  return {
    retention,
    runs: measuredRuns,
    datasets,
    /** The bytes by kind; their sum is `total`. */
    bytes: { ...bytes, total: sum(Object.values(bytes)) },
    /** The bytes that could go: what the setting does not keep, and archived models that nothing uses. */
    spareBytes: sum(measuredRuns.map((run) => run.spareBytes)),
    freeBytes: disk.bavail * disk.bsize,
  };
}

const modelSelect = {
  id: true,
  projectId: true,
  name: true,
  artifact: true,
  archivedAt: true,
  filesRemovedAt: true,
} as const;

interface MeasuredRow {
  id: string;
  number: number;
  method: string;
  status: string;
  folder: string;
  modelVersion: {
    id: string;
    projectId: string;
    name: string;
    artifact: string;
    archivedAt: Date | null;
    filesRemovedAt: Date | null;
  } | null;
}

async function measureRun(
  { folder, modelVersion, ...run }: MeasuredRow,
  retention: Parameters<typeof spareOf>[1]["retention"],
) {
  const [checkpoints, modelBytes, total] = await Promise.all([
    surveyCheckpoints(folder, { status: run.status, retention }),
    modelVersion ? folderSize(modelVersion.artifact) : 0,
    folderSize(folder),
  ]);
  const sum = (list: typeof checkpoints.all) => list.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0);
  const checkpointBytes = sum(checkpoints.all);
  const isSpare = modelVersion?.archivedAt && (await findUse(database(), modelVersion)) === null;
  return {
    ...run,
    model: modelVersion && {
      id: modelVersion.id,
      name: modelVersion.name,
      archived: modelVersion.archivedAt !== null,
      filesRemoved: modelVersion.filesRemovedAt !== null,
    },
    checkpointBytes,
    modelBytes,
    /** Measures a run's figures and log on disk, and what an unfinished run has written of its model. */
    recordBytes: Math.max(0, total - checkpointBytes - modelBytes),
    spareBytes: sum(checkpoints.spare) + (isSpare ? modelBytes : 0),
  };
}
