import { Notice } from "@/app/components/notice";
import { stepWordOf } from "@/domain/runs/method-words";
import type { Run } from "../run-figures";

/** A run that ended without a model: why, and what can be done. One is cancelled with a reason where it waited for another. */
export function EndedNotice({ run }: { run: Run }) {
  if (run.status === "failed" || run.error)
    return (
      <Notice tone={run.status === "failed" ? "bad" : "warn"} title={run.error?.message ?? "The run failed"}>
        {run.error?.hint}
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
  `${stepWordOf(method)} ${step}${totalSteps ? ` of ${totalSteps}` : ""}`;
