import { DomainError } from "@/domain/errors";
import { type LabelKind, toLabelKind } from "@/domain/labels/kinds";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { type TaskStatus, taskStatus } from "../tasks/task-status";
import { countOfPrompts, type PromptRow, promptRowSelect } from "./list-prompts";

export interface PromptDetail extends PromptRow {
  source: "imported" | "demo" | "written";
  completions: {
    id: string;
    content: string;
    origin: "person" | "generation" | "imported" | "probe";
    modelVersionId: string | null;
    modelName: string | null;
    author: { id: string; name: string } | null;
    generationId: string | null;
    sampleIndex: number | null;
    finished: boolean;
    createdAt: Date;
    /** The reward run whose report offered the completion, where it is the exploit of a probe. */
    probeRun: { id: string; number: number } | null;
    /** The scores by reward models, the newest model first. */
    scores: { model: { id: string; name: string }; score: number }[];
  }[];
  tasks: {
    id: string;
    kind: LabelKind;
    requiredLabels: number;
    labelCount: number;
    status: TaskStatus;
    createdAt: Date;
  }[];
}

/**
 * Reads a prompt with its completions and tasks, newest first.
 * @throws DomainError `prompt-not-found`
 */
export async function getPrompt(input: { actor: ProjectActor; promptId: string }): Promise<PromptDetail> {
  const { projectId } = requireAdmin(input.actor);
  const { promptId } = input;
  const prompt = await database().prompt.findFirst({
    where: { id: promptId, projectId },
    select: {
      ...promptRowSelect,
      source: true,
      completions: {
        orderBy: [{ createdAt: "desc" }, { sampleIndex: "asc" }, { id: "desc" }],
        select: {
          id: true,
          content: true,
          origin: true,
          modelVersionId: true,
          modelVersion: { select: { name: true } },
          author: { select: { id: true, name: true } },
          generationId: true,
          sampleIndex: true,
          finished: true,
          createdAt: true,
          probeRun: { select: { id: true, number: true } },
          rewardScores: {
            orderBy: { modelVersion: { createdAt: "desc" } },
            select: { score: true, modelVersion: { select: { id: true, name: true } } },
          },
        },
      },
      tasks: {
        orderBy: { id: "desc" },
        select: {
          id: true,
          kind: true,
          requiredLabels: true,
          labelCount: true,
          archivedAt: true,
          completedAt: true,
          createdAt: true,
        },
      },
    },
  });
  if (!prompt) throw new DomainError("prompt-not-found", `no prompt ${promptId}`, "There is no such prompt.");
  const counts = await countOfPrompts([promptId]);
  return {
    ...prompt,
    ...counts(promptId),
    tasks: prompt.tasks.map(({ archivedAt, completedAt, ...task }) => ({
      ...task,
      kind: toLabelKind(task.kind),
      status: taskStatus({ archivedAt, completedAt }),
    })),
    completions: prompt.completions.map(({ modelVersion, rewardScores, ...completion }) => ({
      ...completion,
      modelName: modelVersion?.name ?? null,
      scores: rewardScores.map(({ score, modelVersion: model }) => ({ model, score })),
    })),
  };
}
