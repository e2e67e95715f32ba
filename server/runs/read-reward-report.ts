import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { DomainError } from "@/domain/errors";
import { REWARD_REPORT_FILE, type RewardReport, rewardReportSchema } from "@/domain/runs/reward-report";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { dataPath } from "../storage/data-folder";
import { runNotFound } from "./run-row";

/**
 * Reads what a reward run said of its model on pairs that it was not trained on; null where it has not said it (yet),
 * or is of another method. Annotators, who stand in the file by their ids, get their names.
 * @throws DomainError `run-not-found`, `reward-report-invalid`
 */
export async function readRewardReport(input: { actor: ProjectActor; runId: string }): Promise<RewardReport | null> {
  const { projectId } = requireAdmin(input.actor);
  const { runId } = input;
  const run = await database().trainingRun.findFirst({ where: { id: runId, projectId }, select: { folder: true } });
  if (!run) throw runNotFound(runId);
  const report = await readReport(dataPath(run.folder));
  if (!report) return null;
  const ids = report.accuracy.byAnnotator.map(({ key }) => key).filter((key) => z.uuid().safeParse(key).success);
  const people = await database().user.findMany({
    where: { id: { in: ids }, memberships: { some: { projectId } } },
    select: { id: true, name: true },
  });
  const names = new Map(people.map(({ id, name }) => [id, name]));
  const byAnnotator = report.accuracy.byAnnotator.map((group) => ({
    ...group,
    title: names.get(group.key) ?? group.title,
  }));
  return { ...report, accuracy: { ...report.accuracy, byAnnotator } };
}

/**
 * Reads the report as the file has it; null where there is none.
 * @throws DomainError `reward-report-invalid`
 */
export async function readReport(folder: string): Promise<RewardReport | null> {
  const text = await readFile(path.join(folder, REWARD_REPORT_FILE), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return null;
  const parsed = rewardReportSchema.safeParse(parseJson(text, folder));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(folder, `${issue?.path.join(".")}: ${issue?.message}`, parsed.error);
}

function parseJson(text: string, folder: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(folder, "it is not valid JSON", error);
  }
}

const invalid = (folder: string, problem: string, cause: unknown) =>
  new DomainError(
    "reward-report-invalid",
    `${folder}/${REWARD_REPORT_FILE}: ${problem}`,
    `The run's ${REWARD_REPORT_FILE} cannot be read: ${problem}.`,
    cause,
  );
