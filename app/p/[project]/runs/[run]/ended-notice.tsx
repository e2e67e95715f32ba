import { Notice } from "@/app/components/notice";
import type { Run } from "../run-figures";

/** A run that ended without a model: why, and what can be done. */
export function EndedNotice({ run }: { run: Run }) {
  if (run.status === "failed")
    return (
      <Notice tone="bad" title={run.error?.message ?? "The run failed"}>
        {run.error?.hint}
      </Notice>
    );
  // It ended with the run that it waited for.
  if (run.error?.code === "awaited-run-ended")
    return (
      <Notice tone="warn" title={run.error.message}>
        {run.error.hint}
      </Notice>
    );
  return (
    <Notice tone="warn" title={run.startedAt ? `Cancelled at ${placeOf(run)}` : "Cancelled before it began"}>
      {run.startedAt && "“Run again” goes on from its newest checkpoint, where one is left."}
    </Notice>
  );
}

/** "step 5 of 20", as far as it came. */
export const placeOf = ({ method, step, totalSteps }: Run): string =>
  `${method === "ppo" ? "iteration" : "step"} ${step}${totalSteps ? ` of ${totalSteps}` : ""}`;
