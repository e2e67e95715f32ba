import { DomainError } from "@/domain/errors";
import type { CapabilityResult } from "@/domain/evaluation/capability-suite";
import { SUITE_NAMES } from "@/domain/evaluation/suites";
import { shareOf } from "@/domain/statistics/share";
import type { Prisma } from "@/generated/prisma/client";
import { type ProjectActor, requireAdmin } from "../access/actor";
import { database } from "../database/client";
import { failureText } from "../jobs/failures";

const include = {
  modelVersion: { select: { id: true, name: true } },
  requestedBy: { select: { id: true, name: true } },
  answers: {
    orderBy: [{ suite: "asc" }, { position: "asc" }],
    select: { suite: true, question: true, right: true, chosen: true, isRight: true },
  },
} as const satisfies Prisma.EvaluationInclude;

type Row = Prisma.EvaluationGetPayload<{ include: typeof include }>;
export type EvaluationRow = ReturnType<typeof describeEvaluation>;

/** An evaluation as pages see it: a result for each suite that is done. */
function describeEvaluation(evaluation: Row) {
  const results = SUITE_NAMES.flatMap((suite): CapabilityResult[] => {
    const answers = evaluation.answers.filter((answer) => answer.suite === suite);
    if (answers.length === 0) return [];
    const right = answers.filter(({ isRight }) => isRight).length;
    return [{ suite, accuracy: shareOf(right, answers.length), answers: answers.map(({ suite: _, ...rest }) => rest) }];
  });
  return {
    id: evaluation.id,
    status: evaluation.status,
    model: evaluation.modelVersion,
    results,
    activity: evaluation.activity,
    error: failureText(evaluation),
    requestedBy: evaluation.requestedBy,
    createdAt: evaluation.createdAt,
    finishedAt: evaluation.finishedAt,
  };
}

/**
 * Reads an evaluation of the project for its queue; `watchJob` has checked the actor before.
 * @throws DomainError `evaluation-not-found`
 */
export async function readEvaluation(input: { projectId: string; evaluationId: string }): Promise<EvaluationRow> {
  const { projectId, evaluationId } = input;
  const row = await database().evaluation.findFirst({ where: { id: evaluationId, projectId }, include });
  if (!row) throw evaluationNotFound(evaluationId);
  return describeEvaluation(row);
}

/**
 * Lists the language models of the project, newest first, each with its newest evaluation, which is null for a model that
 * never was evaluated.
 */
export async function listEvaluations(actor: ProjectActor) {
  const { projectId } = requireAdmin(actor);
  const models = await database().modelVersion.findMany({
    where: { projectId, archivedAt: null, kind: { not: "reward" } },
    orderBy: { createdAt: "desc" },
    select: {
      id: true,
      name: true,
      kind: true,
      parentId: true,
      createdAt: true,
      evaluations: { orderBy: { createdAt: "desc" }, take: 1, include },
    },
  });
  return models.map(({ evaluations: [newest], ...model }) => ({
    model,
    evaluation: newest ? describeEvaluation(newest) : null,
  }));
}

export const evaluationNotFound = (id: string) =>
  new DomainError("evaluation-not-found", `no evaluation ${id}`, "There is no such evaluation.");
