import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { isEnded } from "@/domain/runs/run-status";
import type { CheckpointRetention } from "@/generated/prisma/client";
import { database } from "../database/client";
import { dataPath } from "../storage/data-folder";
import { folderSize } from "../storage/folder-size";
import { removeFolder } from "../storage/write-folder";
import { lockRun } from "./run-row";

export interface StoredCheckpoint {
  /** The ensemble's member, counted from 1; null for a run that trains one model. */
  member: number | null;
  /** The member's own step, counted from 1. */
  step: number;
  /** The kind: a run goes on from a `state`; `best` has the parameters alone, of a step that validated best. */
  kind: "state" | "best";
  /** The path relative to the data folder. */
  folder: string;
  sizeBytes: number;
  writtenAt: Date;
}

/** The number of an ended run's checkpoints that are kept, the newest first. The trainer itself leaves two. */
const KEPT: Record<CheckpointRetention, number> = { all: Number.POSITIVE_INFINITY, last: 1, none: 0 };

/** Lists the checkpoints of a run that trains one model, the newest first; of one step the state before the best. */
const listOwn = (runFolder: string): Promise<StoredCheckpoint[]> => listIn(path.join(runFolder, "checkpoints"), null);

/** Lists the checkpoints of an ensemble's members, the member that was trained last first. */
async function listOfMembers(runFolder: string): Promise<StoredCheckpoint[][]> {
  const folder = path.join(runFolder, "checkpoints");
  const members = (await namesIn(folder)).flatMap((name) => /^member-(\d+)$/.exec(name)?.[1] ?? []).map(Number);
  return Promise.all(
    members.sort((a, b) => b - a).map((member) => listIn(path.join(folder, `member-${member}`), member)),
  );
}

const namesIn = (folder: string): Promise<string[]> =>
  readdir(dataPath(folder)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });

async function listIn(folder: string, member: number | null): Promise<StoredCheckpoint[]> {
  const names = await namesIn(folder);
  const found = await Promise.all(
    names.map(async (name): Promise<StoredCheckpoint[]> => {
      const [, kind, step] = /^(step|best)-(\d+)$/.exec(name) ?? [];
      if (!kind) return [];
      const place = path.join(folder, name);
      try {
        const { mtime } = await stat(dataPath(place));
        return [
          {
            member,
            step: Number(step),
            kind: kind === "best" ? "best" : "state",
            folder: place,
            sizeBytes: await folderSize(place),
            writtenAt: mtime,
          },
        ];
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return []; // the run has just replaced the checkpoint
        throw error;
      }
    }),
  );
  return found.flat().sort((a, b) => b.step - a.step || (a.kind === "state" ? -1 : 1));
}

/**
 * Selects the checkpoints that an ended run no longer needs; a run that waits, works or is paused needs all of its own.
 */
export const spareOf = (
  checkpoints: readonly StoredCheckpoint[],
  { status, retention }: { status: string; retention: CheckpointRetention },
): StoredCheckpoint[] => (isEnded(status) ? checkpoints.filter((one) => !isKept(one, checkpoints, retention)) : []);

/**
 * Lists all checkpoints of a run, the newest first, an ensemble's from the member that was trained last on; and which
 * of them the project does not keep.
 */
export async function surveyCheckpoints(
  runFolder: string,
  wish: Parameters<typeof spareOf>[1],
): Promise<{ all: StoredCheckpoint[]; spare: StoredCheckpoint[] }> {
  const [own, members] = await Promise.all([listOwn(runFolder), listOfMembers(runFolder)]);
  // A run goes on from the member that it trained last; those before it are done.
  const earlier = { ...wish, retention: wish.retention === "all" ? wish.retention : ("none" as const) };
  const spare = members.flatMap((list, index) => spareOf(list, index === 0 ? wish : earlier));
  return { all: [...own, ...members.flat()], spare: [...spareOf(own, wish), ...spare] };
}

/** The best parameters stay as long as a state does that would go back to them. */
function isKept(one: StoredCheckpoint, all: readonly StoredCheckpoint[], retention: CheckpointRetention): boolean {
  if (one.kind === "best") return KEPT[retention] > 0;
  return all.filter(({ kind }) => kind === "state").indexOf(one) < KEPT[retention];
}

/**
 * Removes the ended run's checkpoints that the project's setting does not keep, and says so in its log. The run's row
 * is locked meanwhile, so that it is not tried again from a checkpoint that is about to go. The run's result is never
 * touched.
 * @returns the bytes that became free
 */
export async function removeSpareCheckpoints(runId: string): Promise<number> {
  return database().$transaction(
    async (tx) => {
      const run = await lockRun(tx, { runId });
      const { checkpointRetention } = await tx.project.findUniqueOrThrow({ where: { id: run.projectId } });
      const wish = { status: run.status, retention: checkpointRetention };
      const { spare } = await surveyCheckpoints(run.folder, wish);
      if (spare.length === 0) return 0;
      for (const { folder } of spare.toReversed()) await removeFolder(folder);
      const bytes = spare.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      const what = spare.length === 1 ? "1 checkpoint" : `${spare.length} checkpoints`;
      const message = `Removed ${what} (${(bytes / 1e6).toFixed(1)} MB) that the project does not keep.`;
      await tx.runLogLine.create({ data: { runId, level: "info", message } });
      return bytes;
    },
    { timeout: 120_000 },
  );
}
