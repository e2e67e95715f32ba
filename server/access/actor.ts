import { DomainError } from "@/domain/errors";
import type { InstanceRole, ProjectRole } from "@/generated/prisma/client";

/** The signed-in person, as read from the database for the request at hand. */
export interface CurrentUser {
  id: string;
  email: string;
  name: string;
  instanceRole: InstanceRole;
  /** The number of the password with which the session began; streams ask with it whether the session still holds. */
  sessionVersion: number;
}

/** A person in a project, as read from the database for the request at hand. */
interface Acting {
  projectId: string;
  userId: string;
  role: ProjectRole;
}

/**
 * Who acts in a project. A use case takes one and learns project and person from `requireAdmin` or `requireMember` alone,
 * so that it can't forget to ask. Only `findMembership` makes one, and `server/testing` for tests.
 */
export class ProjectActor {
  readonly #acting: Acting;

  constructor(acting: Acting) {
    this.#acting = acting;
  }

  static read(actor: ProjectActor): Acting {
    return actor.#acting;
  }
}

/** Lets any member of the project pass and returns project and person. */
export const requireMember = (actor: ProjectActor): Acting => ProjectActor.read(actor);

/**
 * Lets only an admin of the project pass.
 * @throws DomainError `admin-forbidden`
 */
export function requireAdmin(actor: ProjectActor): Acting {
  const acting = ProjectActor.read(actor);
  if (acting.role === "admin") return acting;
  const line = `${acting.userId} is ${acting.role} in ${acting.projectId}`;
  throw new DomainError("admin-forbidden", line, "Only an admin of this project may do that.");
}

/**
 * Lets only the instance's admin pass and returns the person's id.
 * @throws DomainError `admin-forbidden`
 */
export function requireInstanceAdmin({ id, instanceRole }: CurrentUser): string {
  if (instanceRole === "admin") return id;
  throw new DomainError(
    "admin-forbidden",
    `${id} is no instance admin`,
    "Only the admin of this instance may do that.",
  );
}
