import { readdir, stat } from "node:fs/promises";
import { z } from "zod";
import { database } from "../database/client";
import { logger } from "../logger";
import { dataPath } from "../storage/data-folder";
import { removeImportFiles } from "./import-files";
import { KEPT_MILLISECONDS } from "./import-limits";

/**
 * Removes what is left of uploads that nobody took in within a day: their files, and the rows of those that were only
 * looked at. A failed import keeps its row, without the file that it could be tried again with. Jobs at work are let be.
 */
export async function removeStaleImports(now = new Date()): Promise<void> {
  const before = new Date(now.getTime() - KEPT_MILLISECONDS);
  const rest = { status: { notIn: ["running" as const] }, createdAt: { lt: before } };
  await database().promptImport.deleteMany({ where: { ...rest, phase: "preview" } });
  for (const id of await uploadsBefore(before)) {
    const row = await database().promptImport.findUnique({ where: { id }, select: { phase: true, status: true } });
    const isNeeded = row && (row.status === "running" || (row.phase === "import" && row.status === "queued"));
    if (isNeeded) continue;
    await removeImportFiles(id);
    logger.info({ importId: id }, "removed an upload that nobody took in");
  }
}

async function uploadsBefore(before: Date): Promise<string[]> {
  const names = await readdir(dataPath("imports")).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const old: string[] = [];
  for (const name of names) {
    if (!z.uuid().safeParse(name).success) continue;
    const found = await stat(dataPath("imports", name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null; // another clean-up was faster
      throw error;
    });
    if (found && found.mtime < before) old.push(name);
  }
  return old;
}
