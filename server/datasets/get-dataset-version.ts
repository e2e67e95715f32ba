import type { CutRecords } from "@/domain/datasets/cut-records";
import { type LeftOutReason, leftOutReasonSchema } from "@/domain/datasets/ledger";
import type { RecordKind } from "@/domain/datasets/records";
import { DomainError } from "@/domain/errors";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { listFiles } from "../storage/list-files";
import { type DatasetVersionRow, versionRowSelect } from "./list-dataset-versions";
import { listRecords, type RecordRow } from "./list-records";

export interface DatasetVersionDetail extends DatasetVersionRow {
  /** The folder's path relative to the instance's data folder. */
  folder: string;
  files: { name: string; sizeBytes: number }[];
  errorMessage: string | null;
  leftOut: { reason: LeftOutReason; count: number }[];
  counts: { kind: RecordKind; split: "train" | "validation"; count: number }[];
  /** The records with a completion that the token limit cut. */
  cut: CutRecords;
  records: RecordRow[];
  nextCursor: string | null;
}

/**
 * Reads a dataset version with a page of its records and each record's lineage.
 * @throws DomainError `dataset-not-found`
 */
export async function getDatasetVersion(input: {
  actor: ProjectActor;
  datasetVersionId: string;
  cursor?: string | null;
  limit: number;
  kind?: RecordKind;
  split?: "train" | "validation";
}): Promise<DatasetVersionDetail> {
  const { projectId } = requireAdmin(input.actor);
  const { datasetVersionId } = input;
  const version = await database().datasetVersion.findFirst({
    where: { id: datasetVersionId, projectId },
    select: { ...versionRowSelect, folder: true, errorMessage: true },
  });
  if (!version)
    throw new DomainError("dataset-not-found", `no version ${datasetVersionId}`, "There is no such dataset version.");
  const { trainingRuns, ...fields } = version;
  const [counts, leftOut, cut, page] = await Promise.all([
    countRecords(datasetVersionId),
    countLeftOut(datasetVersionId),
    countCut(datasetVersionId),
    listRecords(input),
  ]);
  const files = await listFiles(version.folder);
  return {
    ...fields,
    runs: trainingRuns,
    files,
    counts,
    leftOut,
    cut,
    records: page.rows,
    nextCursor: page.nextCursor,
  };
}

async function countRecords(datasetVersionId: string) {
  const groups = await database().datasetRecord.groupBy({
    by: ["kind", "split"],
    where: { datasetVersionId },
    _count: true,
    orderBy: [{ kind: "asc" }, { split: "asc" }],
  });
  return groups.map(({ kind, split, _count }) => ({ kind, split, count: _count }));
}

async function countCut(datasetVersionId: string): Promise<CutRecords> {
  const groups = await database().datasetRecord.groupBy({
    by: ["kind"],
    where: { datasetVersionId, chosen: { finished: false } },
    _count: true,
  });
  const countOf = (kind: RecordKind) => groups.find((group) => group.kind === kind)?._count ?? 0;
  return {
    chosen: countOf("preference"),
    rejected: await database().datasetRecord.count({ where: { datasetVersionId, rejected: { finished: false } } }),
    demonstrations: countOf("demonstration"),
    unpaired: countOf("unpaired"),
  };
}

async function countLeftOut(datasetVersionId: string) {
  const groups = await database().datasetLedgerEntry.groupBy({
    by: ["reason"],
    where: { datasetVersionId, used: false },
    _count: true,
    orderBy: { _count: { reason: "desc" } },
  });
  return groups.map(({ reason, _count }) => ({ reason: leftOutReasonSchema.parse(reason), count: _count }));
}
