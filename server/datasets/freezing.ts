import { type ProjectActor, requireAdmin } from "../access/actor";

/** How far a dataset version is that is being taken: its labels are read, then its records and its ledger are written. */
export interface Freezing {
  step: "labels" | "records" | "ledger";
  done: number;
  total: number;
}

/** What this process says of versions under way. The rows of such a version are seen by nobody before they are whole. */
const shared = globalThis as typeof globalThis & { tuneloopFreezing?: Map<string, Map<string, Freezing>> };
shared.tuneloopFreezing ??= new Map();
const underWay = shared.tuneloopFreezing;

export function sayFreezing(projectId: string, versionId: string, news: Freezing): void {
  const versions = underWay.get(projectId);
  if (versions) versions.set(versionId, news);
  else underWay.set(projectId, new Map([[versionId, news]]));
}

export function endFreezing(projectId: string, versionId: string): void {
  underWay.get(projectId)?.delete(versionId);
  if (underWay.get(projectId)?.size === 0) underWay.delete(projectId);
}

/** Says how far the project's dataset version is that is being taken, the first one where there are several; else null. */
export async function readFreezing(actor: ProjectActor): Promise<Freezing | null> {
  const { projectId } = requireAdmin(actor);
  const [first] = underWay.get(projectId)?.values() ?? [];
  return first ?? null;
}
