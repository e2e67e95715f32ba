import Link from "next/link";
import { useProject } from "@/app/p/[project]/project-context";
import { pathsOf } from "@/domain/paths";
import { nameOfMethod } from "@/domain/runs/method-words";
import { isFinished } from "@/domain/runs/run-status";
import type { Run } from "./run-figures";

/** On the page of a run that makes a reward model: which runs continue with it, or wait for a person. */
export function AwaitedBy({ run }: { run: Run }) {
  const others = run.awaitedBy.filter(({ status }) => !isFinished(status));
  const paused = run.awaitedBy.filter(({ status }) => status === "paused");
  return (
    <>
      {others.length > 0 && (
        <p className="text-muted">
          <Links runs={others} />{" "}
          {run.status === "completed"
            ? `${others.length === 1 ? "continues" : "continue"} with the reward model of this run.`
            : `${others.length === 1 ? "waits" : "wait"} for the reward model of this run, and ${others.length === 1 ? "ends" : "end"} if this run fails or is cancelled.`}
        </p>
      )}
      {paused.length > 0 && (
        <p className="text-muted">
          <Links runs={paused} /> {paused.length === 1 ? "is paused" : "are paused"} and{" "}
          {paused.length === 1 ? "waits" : "wait"} for your decision.
        </p>
      )}
    </>
  );
}

function Links({ runs }: { runs: Run["awaitedBy"] }) {
  const { slug: project } = useProject();
  return runs.map(({ id, number, method }, index) => (
    <span key={id}>
      {index > 0 && ", "}
      <Link className="link" href={pathsOf(project).run(id)}>
        Run {number}
      </Link>{" "}
      ({nameOfMethod(method)})
    </span>
  ));
}
