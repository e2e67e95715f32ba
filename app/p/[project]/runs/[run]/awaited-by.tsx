import Link from "next/link";
import { METHOD_WORDS } from "@/domain/runs/method-words";
import type { Run } from "../run-figures";
import { isFinished } from "../use-live-run";

/** On the page of a run that makes a reward model: which runs go on with it. Nothing where none does. */
export function AwaitedBy({ project, run }: { project: string; run: Run }) {
  const others = run.awaitedBy.filter(({ status }) => !isFinished(status));
  if (others.length === 0) return null;
  return (
    <p className="text-muted">
      {others.map(({ id, number, method }, index) => (
        <span key={id}>
          {index > 0 && ", "}
          <Link className="link" href={`/p/${project}/runs/${id}`}>
            Run {number}
          </Link>{" "}
          ({METHOD_WORDS[method].name})
        </span>
      ))}{" "}
      {run.status === "completed"
        ? "goes on with its model."
        : `${others.length === 1 ? "waits" : "wait"} for its model, and ${others.length === 1 ? "ends" : "end"} where this run fails or is cancelled.`}
    </p>
  );
}
