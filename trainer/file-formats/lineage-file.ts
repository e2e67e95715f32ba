import path from "node:path";
import { isJsonObject, readJsonObjectIfPresent } from "./json-file";

/** What an export says of where it comes from, in a file of its own beside it. */
export const LINEAGE = "lineage.json";

/**
 * What Tuneloop itself calls the base of an exported adapter. PEFT's own record names the base as the hub knows it, and
 * a base of the catalogue may come from elsewhere, with weights that are not the hub's to the bit.
 */
export async function readExportedBase(folder: string): Promise<string | undefined> {
  const lineage = await readJsonObjectIfPresent(path.join(folder, LINEAGE));
  const base = lineage?.base;
  return isJsonObject(base) && typeof base.reference === "string" ? base.reference : undefined;
}
