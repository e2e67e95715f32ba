import { DomainError } from "@/domain/errors";
import { database } from "../database/client";
import { ProjectActor } from "./actor";

/**
 * Finds the actor for a command of the machine that the instance runs on: whoever may start the command can read the
 * database anyway. The command acts as the project's creator and is for reading alone.
 * @throws DomainError `project-not-found`
 */
export async function findOperator(slug: string): Promise<ProjectActor> {
  const project = await database().project.findFirst({ where: { slug }, select: { id: true, createdById: true } });
  if (!project)
    throw new DomainError(
      "project-not-found",
      slug,
      `There is no project "${slug}". A project is named as in its address, after /p/.`,
    );
  return new ProjectActor({ projectId: project.id, userId: project.createdById, role: "admin" });
}
