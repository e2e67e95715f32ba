import { DomainError } from "@/domain/errors";
import type { Correction, ProbeName } from "@/domain/runs/reward-report";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { recordAudit } from "../access/record-audit";
import { database, type Transaction } from "../database/client";
import { newId } from "../database/new-id";
import { insertTasks } from "../tasks/insert-tasks";
import { readRewardReport } from "./read-reward-report";

/**
 * Makes comparison tasks from what a probe of a reward model's report offers: people compare a completion with its
 * exploit, and their answers teach the next reward model better. The exploits become completions of their prompts that
 * name the run and the completion that they were made from. Asking twice makes nothing twice.
 *
 * @returns tasks made, tasks that were there, and corrections whose prompt or completion the project has not
 * @throws DomainError `nothing-to-correct`, `run-not-found`
 */
export async function correctProbe(input: {
  actor: ProjectActor;

  runId: string;
  probe: ProbeName;
}): Promise<{ created: number; existing: number; unknown: number }> {
  const { projectId, userId } = requireAdmin(input.actor);
  const { runId } = input;
  const report = await readRewardReport({ actor: input.actor, runId });
  const corrections = report?.probes.find(({ name }) => name === input.probe)?.corrections ?? [];
  if (corrections.length === 0)
    throw new DomainError(
      "nothing-to-correct",
      `run ${runId} offers no corrections of ${input.probe}`,
      "The reward report offers no comparison tasks for this probe.",
    );
  return database().$transaction(async (tx) => {
    const known = await knownCorrections(tx, projectId, corrections);
    const tasks = [];
    for (const { promptId, completionId, exploit } of known) {
      const exploitId = await exploitCompletion(tx, { projectId, runId, promptId, completionId, exploit });
      tasks.push({ promptId, completionIds: [completionId, exploitId] });
    }
    const common = { projectId, createdById: userId, kind: "comparison" as const, requiredLabels: 1 };
    const counts = await insertTasks(tx, { ...common, tasks });
    await recordAudit(tx, {
      actorId: userId,
      projectId,
      action: "runs.correctProbe",
      subject: ["TrainingRun", runId],
      detail: `${counts.created} comparison ${counts.created === 1 ? "task" : "tasks"} against “${input.probe}”`,
    });
    return { ...counts, unknown: corrections.length - known.length };
  });
}

type Known = Correction & { promptId: string; completionId: string };

/** A report may have been made of a file from elsewhere, or its prompts may be archived since. */
async function knownCorrections(tx: Transaction, projectId: string, all: readonly Correction[]): Promise<Known[]> {
  const named = all.filter((one): one is Known => one.promptId !== null && one.completionId !== null);
  const rows = await tx.completion.findMany({
    where: { projectId, id: { in: named.map(({ completionId }) => completionId) }, prompt: { archivedAt: null } },
    select: { id: true, promptId: true },
  });
  const promptOf = new Map(rows.map(({ id, promptId }) => [id, promptId]));
  return named.filter(({ promptId, completionId }) => promptOf.get(completionId) === promptId);
}

async function exploitCompletion(
  tx: Transaction,
  input: { projectId: string; runId: string; promptId: string; completionId: string; exploit: string },
): Promise<string> {
  const { projectId, runId, promptId, completionId, exploit } = input;
  const row = { projectId, promptId, origin: "probe" as const, content: exploit, probeOfId: completionId };
  const present = await tx.completion.findFirst({ where: row, select: { id: true } });
  if (present) return present.id;
  const { id } = await tx.completion.create({ data: { ...row, id: newId(), probeRunId: runId }, select: { id: true } });
  return id;
}
