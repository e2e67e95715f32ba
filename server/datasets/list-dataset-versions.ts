import type { DatasetStatus } from "@/generated/prisma/client";
import { notBuilt } from "../api/not-built";

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

export async function listDatasetVersions(_projectId: string): Promise<DatasetVersionRow[]> {
  return notBuilt("listDatasetVersions");
}
