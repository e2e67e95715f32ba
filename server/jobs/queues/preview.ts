import { isJobFinished } from "@/domain/runs/job-status";
import type { PromptImport } from "@/generated/prisma/client";
import { database } from "../../database/client";
import { defineQueue, UNFINISHED } from "../queue";
import { importRows } from "./import-rows";

/**
 * The queue of looks at uploaded files. Several go on side by side, so that a few pasted lines do not wait for somebody's
 * large file.
 */
export const preview = defineQueue({
  ...importRows,
  name: "preview",
  role: "training",
  policy: { policy: "standard", retryLimit: 50, retryDelay: 0, expireInSeconds: 86_400, notify: true },
  beginning: "reading the file",
  whenWorkerDies: "again",
  openRows: () =>
    database().promptImport.findMany({ where: { ...UNFINISHED, phase: "preview" }, select: { id: true } }),
  mayBegin: async (_tx, { phase }: PromptImport) => phase === "preview",
  isAtRest: (status) => status === "ready" || isJobFinished(status),
});
