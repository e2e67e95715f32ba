import { database } from "../database/client";
import { jobs } from "../jobs/boss";
import { nextTask } from "../labels/next-task";
import { submitLabel } from "../labels/submit-label";
import { projectOverview } from "../projects/project-overview";
import { performRun, type Train } from "../runs/perform-run";
import { getRun } from "../runs/run-row";
import { trainOnLatestLabels } from "../runs/train-on-latest-labels";
import { actorIn } from "./actors";
import { chooseFirst, makeComparisonTasks, makeProject, makeUser } from "./test-rows";

/** Makes a project with that many comparisons, all labelled, and PPO as the method. */
export async function labelled(count: number) {
  const admin = await makeUser("Admin");
  const project = await makeProject(admin);
  const actor = actorIn(project.id, admin.id);
  await makeComparisonTasks(project, { count });
  for (;;) {
    const task = await nextTask({ actor, exclude: [] });
    if (!task) break;
    await submitLabel({ actor, submission: chooseFirst(task) });
  }
  const base = await database().modelVersion.findFirstOrThrow({ where: { projectId: project.id } });
  return { projectId: project.id, userId: admin.id, actor, baseModelVersionId: base.id, method: "ppo" as const };
}

/** Clicks once for PPO in a project without a reward model. */
export async function clicked() {
  const project = await labelled(16);
  const { runId, waitsFor } = await trainOnLatestLabels(project);
  if (!waitsFor) throw new Error("nothing is trained first");
  const read = (id: string) => getRun({ actor: project.actor, runId: id });
  return {
    ...project,
    first: { ...project, runId: waitsFor.runId },
    second: { ...project, runId },
    readFirst: () => read(waitsFor.runId),
    readSecond: () => read(runId),
    overview: () => projectOverview(project.actor),
  };
}

export const succeed: Train = async (_config, { outputDir }) => ({ kind: "adapter", path: `${outputDir}/adapter` });
export const perform = ({ runId }: { runId: string }, train: Train) =>
  performRun(runId, { train, backend: "cpu", signal: new AbortController().signal });
export const jobsOf = async ({ runId }: { runId: string }) => (await jobs()).findJobs("train", { data: { id: runId } });
