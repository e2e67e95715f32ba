import { DomainError } from "@/domain/errors";
import type { ModelInspection } from "@/generated/prisma/client";
import { database } from "../database/client";
import { failureText } from "../jobs/failures";

export type InspectionRow = Awaited<ReturnType<typeof describeInspection>>;

/** An inspection as pages see it. */
export async function describeInspection(row: ModelInspection) {
  const facts = await database().modelFact.findMany({
    where: { inspectionId: row.id },
    orderBy: { position: "asc" },
    select: { about: true, text: true, isNotice: true },
  });
  return {
    id: row.id,
    status: row.status,
    activity: row.activity,
    error: failureText(row),
    finishedAt: row.finishedAt,
    facts,
  };
}

/**
 * Finds an inspection of a model of the project.
 * @throws DomainError `inspection-not-found`
 */
export async function findInspection(input: { projectId: string; inspectionId: string }): Promise<ModelInspection> {
  const { projectId, inspectionId } = input;
  const row = await database().modelInspection.findFirst({ where: { id: inspectionId, projectId } });
  if (!row) throw inspectionNotFound(inspectionId);
  return row;
}

export const inspectionNotFound = (id: string) =>
  new DomainError("inspection-not-found", `no inspection ${id}`, "There is no such reading of a model.");
