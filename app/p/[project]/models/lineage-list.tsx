import Link from "next/link";
import { plural } from "@/app/components/format";
import type { Outputs } from "@/app/trpc-client";
import { pathsOf } from "@/domain/paths";
import { nameOfMethod, stepWordOf } from "@/domain/runs/method-words";
import { useProject } from "../project-context";

type Lineage = Outputs["models"]["get"]["lineage"];

/** From this model back to its base: each step with its run, its dataset version, its labels and its people. */
export function LineageList({ lineage }: { lineage: Lineage }) {
  const { slug: project } = useProject();
  return (
    <ol className="grid gap-3">
      {lineage.map(({ model, run }) => (
        <li key={model.id} className="border-line-strong border-l-2 pl-3">
          <Link className="link font-medium" href={pathsOf(project).model(model.id)}>
            {model.name}
          </Link>
          {run ? (
            <p className="text-muted">
              by{" "}
              <Link className="link" href={pathsOf(project).run(run.id)}>
                run {run.number}
              </Link>{" "}
              ({nameOfMethod(run.method)}){run.stoppedAt && `, ${stoppedText(run.stoppedAt, run.method)},`} on{" "}
              <Link className="link" href={pathsOf(project).dataset(run.datasetVersion.id)}>
                dataset version {run.datasetVersion.version}
              </Link>
              : {plural(run.labelCount, "label")} of {plural(run.annotatorCount, "person", "people")}
              {run.rewardModel && <ScoredBy rewardModel={run.rewardModel} />}
            </p>
          ) : (
            <p className="text-muted">imported base</p>
          )}
        </li>
      ))}
    </ol>
  );
}

function stoppedText({ step, totalSteps }: { step: number; totalSteps: number | null }, method: string): string {
  return `stopped at ${stepWordOf(method)} ${step}${totalSteps === null ? "" : ` of ${totalSteps}`}`;
}

type RewardModel = NonNullable<NonNullable<Lineage[number]["run"]>["rewardModel"]>;

/** What scored a run of PPO, and where that came from in turn. */
function ScoredBy({ rewardModel }: { rewardModel: RewardModel }) {
  const { slug: project } = useProject();
  const { run } = rewardModel;
  return (
    <span className="block">
      scored by{" "}
      <Link className="link" href={pathsOf(project).model(rewardModel.id)}>
        {rewardModel.name}
      </Link>
      {run && (
        <>
          , by{" "}
          <Link className="link" href={pathsOf(project).run(run.id)}>
            run {run.number}
          </Link>{" "}
          on{" "}
          <Link className="link" href={pathsOf(project).dataset(run.datasetVersion.id)}>
            dataset version {run.datasetVersion.version}
          </Link>
          : {plural(run.labelCount, "label")} of {plural(run.annotatorCount, "person", "people")}
        </>
      )}
    </span>
  );
}
