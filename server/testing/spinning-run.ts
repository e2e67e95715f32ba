import { watchCancellations } from "../jobs/cancel-watch";
import { performRun } from "../runs/perform-run";

/**
 * A process whose run never looks whether it is to end, as one in an endless expression: spinning-run.ts RUN GRACE. Without
 * GRACE the time is the workers' own.
 */
const [runId = "", grace] = process.argv.slice(2);
watchCancellations(
  new URL("../jobs/cancel-watch-thread.mjs", import.meta.url),
  grace ? { graceMilliseconds: Number(grace), everyMilliseconds: 100 } : {},
);
await performRun(runId, {
  backend: "cpu",
  signal: new AbortController().signal,
  train: async () => {
    process.stdout.write("spinning\n");
    for (;;);
  },
});
