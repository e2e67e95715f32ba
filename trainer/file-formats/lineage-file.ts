import path from "node:path";
import { isJsonObject, readJsonObjectIfPresent } from "./json-file";

/** The file beside an export that says where the export comes from. */
export const LINEAGE = "lineage.json";

/**
 * The name that Tuneloop itself has for the base of an exported adapter. PEFT's own record names the base as the hub
 * knows it, and a base of the catalogue may come from elsewhere, with weights that are not the hub's to the bit.
 */
export async function readExportedBase(folder: string): Promise<string | undefined> {
  const lineage = await readJsonObjectIfPresent(path.join(folder, LINEAGE));
  const base = lineage?.base;
  return isJsonObject(base) && typeof base.reference === "string" ? base.reference : undefined;
}
