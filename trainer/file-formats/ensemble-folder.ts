import { constants, cp, mkdir } from "node:fs/promises";
import path from "node:path";
import { writeFolderAtomically } from "./atomic-write";
import { invalidFile } from "./file-errors";
import { readJsonObjectIfPresent, writeJson } from "./json-file";

/** This file in an ensemble's own folder names the members. */
const ENSEMBLE = "ensemble.json";

/**
 * Gives the folders of an ensemble's members, first to last; null for a folder that is no ensemble. Each member is an
 * adapter or a model in full. The first one lies in the ensemble's own folder, so that a program that knows no
 * ensembles (PEFT, transformers) takes the folder for a single reward model.
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

/** Makes one folder out of the members' folders, which stay. The new folder appears complete or not at all. */
export async function writeEnsemble(folder: string, members: readonly string[]): Promise<void> {
  await writeFolderAtomically(folder, (temporary) =>
    fillEnsemble(temporary, members, async (to, member) => {
      await cp(member, to, { recursive: true, mode: constants.COPYFILE_FICLONE });
    }),
  );
}

/**
 * Lets the caller write every member into its place in the ensemble's folder, and writes the file that names the
 * places.
 */
export async function fillEnsemble<Member>(
  folder: string,
  members: readonly Member[],
  write: (to: string, member: Member, index: number) => Promise<void>,
): Promise<void> {
  const names = members.map((_, index) => (index === 0 ? "." : `member-${index + 1}`));
  for (const [index, member] of members.entries()) {
    const to = path.join(folder, names[index] as string);
    await mkdir(to, { recursive: true });
    await write(to, member, index);
  }
  await writeJson(path.join(folder, ENSEMBLE), { format: "tuneloop-ensemble-1", members: names });
}
