import { constants, cp } from "node:fs/promises";
import path from "node:path";
import { writeFolderAtomically } from "./atomic-write";
import { invalidFile } from "./file-errors";
import { readJsonObjectIfPresent, writeJson } from "./json-file";

/** Names an ensemble's members, in its own folder. */
const ENSEMBLE = "ensemble.json";

/**
 * Folders of an ensemble's members, first to last; null where the folder is no ensemble. Each is an adapter or a model
 * in full. The first one lies in the ensemble's own folder, so that whatever knows no ensembles (PEFT, transformers,
 * an export) takes the folder for a single reward model.
 */
export async function readEnsemble(folder: string): Promise<string[] | null> {
  const file = path.join(folder, ENSEMBLE);
  const listed = (await readJsonObjectIfPresent(file))?.members;
  if (listed === undefined) return null;
  const isMember = (name: unknown) => typeof name === "string" && /^(\.|[\w-]+)$/.test(name);
  if (!Array.isArray(listed) || listed.length === 0 || !listed.every(isMember))
    throw invalidFile(file, '"members" should list the members\' folders');
  return listed.map((name: string) => path.join(folder, name));
}

/** Makes one folder of the members' folders. Whole or not at all; the members' own folders stay. */
export async function writeEnsemble(folder: string, members: readonly string[]): Promise<void> {
  const names = members.map((_, index) => (index === 0 ? "." : `member-${index + 1}`));
  await writeFolderAtomically(folder, async (temporary) => {
    for (const [index, member] of members.entries()) {
      const to = path.join(temporary, names[index] as string);
      await cp(member, to, { recursive: true, mode: constants.COPYFILE_FICLONE });
    }
    await writeJson(path.join(temporary, ENSEMBLE), { format: "tuneloop-ensemble-1", members: names });
  });
}
