import { database } from "../../database/client";
import { ANSWERER_ENDED } from "../failures";
import { defineQueue, UNFINISHED } from "../queue";
import { generationRows } from "./generation-rows";

/**
 * The queue of answers that a person waits for. They are served before completions, and not tried again once their
 * process died.
 */
export const playground = defineQueue({
  ...generationRows,
  name: "playground",
  role: "generation",
  policy: { policy: "standard", retryLimit: 0, expireInSeconds: 3600, notify: true },
  whenWorkerDies: ANSWERER_ENDED,
  openRows: () =>
    database().generation.findMany({ where: { ...UNFINISHED, purpose: "playground" }, select: { id: true } }),
});
