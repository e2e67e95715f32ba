import { notBuilt } from "../api/not-built";

export interface CreatedDatasetVersion {
  id: string;
  version: number;
  hash: string;
  /** Absolute folder of the record files and the manifest. */
  folder: string;
  usedCount: number;
  /** True where the latest version held the very same records, so that no new one was made. */
  reused: boolean;
}

/** Freezes the project's labels into a dataset version (see the module's parts: snapshot, records, folder). */
export async function createDatasetVersion(_input: {
  projectId: string;
  userId: string;
}): Promise<CreatedDatasetVersion> {
  return notBuilt("createDatasetVersion");
}
