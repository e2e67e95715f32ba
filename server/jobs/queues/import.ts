import type { PromptImport } from "@/generated/prisma/client";
import { database } from "../../database/client";
import { defineQueue, ONE_AFTER_ANOTHER, UNFINISHED } from "../queue";
import { importRows } from "./import-rows";

/** The queue of files that are taken in, one after the other. */
export const importFile = defineQueue({
  ...importRows,
  name: "import",
  role: "training",
  policy: ONE_AFTER_ANOTHER,
  beginning: "reading the file",
  whenWorkerDies: "again",
  openRows: () => database().promptImport.findMany({ where: { ...UNFINISHED, phase: "import" }, select: { id: true } }),
  mayBegin: async (_tx, { phase }: PromptImport) => phase === "import",
});
