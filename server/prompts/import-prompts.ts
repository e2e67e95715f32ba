import { notBuilt } from "../api/not-built";
import type { ImportFile } from "./import-file";

export async function importPrompts(
  _input: ImportFile & { projectId: string; userId: string },
): Promise<{ importId: string; accepted: number; duplicates: number }> {
  return notBuilt("importPrompts");
}
