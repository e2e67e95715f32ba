import { database } from "../../database/client";
import { defineQueue, ONE_AFTER_ANOTHER, UNFINISHED } from "../queue";
import { generationRows } from "./generation-rows";

/** The queue of completions for labelling, one generation after the other. */
export const generate = defineQueue({
  ...generationRows,
  name: "generate",
  role: "generation",
  policy: ONE_AFTER_ANOTHER,
  whenWorkerDies: "again",
  openRows: () =>
    database().generation.findMany({
      where: { ...UNFINISHED, purpose: { not: "playground" } },
      select: { id: true },
    }),
});
