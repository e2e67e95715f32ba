import type { ProjectRole } from "@/generated/prisma/client";
import { ProjectActor } from "../access/actor";

/**
 * Makes an actor for a test that calls a use case itself. The role is taken at its word: no membership is looked up.
 */
export const actorIn = (projectId: string, userId: string, role: ProjectRole = "admin"): ProjectActor =>
  new ProjectActor({ projectId, userId, role });
