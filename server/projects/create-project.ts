import { DomainError } from "@/domain/errors";
import { requireInstanceAdmin } from "../access/actor";
import type { CurrentUser } from "../access/current-user";
import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";
import { isUniqueViolation } from "../database/unique-violation";
import { ensureBaseModel } from "../models/ensure-base-model";
import { loadDemo } from "./load-demo";
import { slugOf } from "./slug-of";

/**
 * Makes a new project with its creator as its admin and the instance's default base as its first model; `demo` fills in
 * the demo prompts and guidelines.
 */
export async function createProject(input: { user: CurrentUser; name: string; description: string; demo: boolean }) {
  const userId = requireInstanceAdmin(input.user);
  const base = slugOf(input.name);
  for (let attempt = 1; attempt <= 50; attempt++) {
    try {
      return await insertProject({ ...input, userId, slug: attempt === 1 ? base : `${base}-${attempt}` });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error; // where the slug is taken, a number goes after it
    }
  }
  throw new DomainError("project-name-conflict", `no free slug for ${base}`, "Please choose another name.");
}

async function insertProject(input: {
  userId: string;
  slug: string;
  name: string;
  description: string;
  demo: boolean;
}) {
  const { userId, slug, name, description, demo } = input;
  return database().$transaction(async (tx) => {
    const project = await tx.project.create({ data: { slug, name, description, createdById: userId } });
    await tx.membership.create({ data: { projectId: project.id, userId, role: "admin" } });
    await ensureBaseModel(tx, project.id);
    if (demo) await loadDemo(tx, { projectId: project.id, userId });
    const subject: [string, string] = ["Project", project.id];
    await recordAudit(tx, { actorId: userId, projectId: project.id, action: "projects.create", subject, detail: name });
    return { slug };
  });
}
