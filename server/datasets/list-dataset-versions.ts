import type { DatasetStatus, Prisma } from "@/generated/prisma/client";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";

export interface DatasetVersionRow {
  id: string;
  version: number;
  status: DatasetStatus;
  hash: string | null;
  exportedCount: number;
  usedCount: number;
  leftOutCount: number;
  createdAt: Date;
  createdBy: { id: string; name: string };
  runs: { id: string; number: number }[];
}

export const versionRowSelect = {
  id: true,
  version: true,
  status: true,
  hash: true,
  exportedCount: true,
  usedCount: true,
  leftOutCount: true,
  createdAt: true,
  createdBy: { select: { id: true, name: true } },
  trainingRuns: { orderBy: { number: "desc" }, select: { id: true, number: true } },
} as const satisfies Prisma.DatasetVersionSelect;

/** Lists the project's dataset versions, newest first. */
export async function listDatasetVersions(actor: ProjectActor): Promise<DatasetVersionRow[]> {
  const { projectId } = requireAdmin(actor);
  const versions = await database().datasetVersion.findMany({
    where: { projectId },
    orderBy: { version: "desc" },
    select: versionRowSelect,
  });
  return versions.map(({ trainingRuns, ...version }) => ({ ...version, runs: trainingRuns }));
}
