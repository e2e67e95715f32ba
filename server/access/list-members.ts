import type { ProjectRole } from "@/generated/prisma/client";
import { database } from "../database/client";
import { type ProjectActor, requireAdmin } from "./actor";

export interface MemberRow {
  id: string;
  name: string;
  email: string;
  role: ProjectRole;
  joinedAt: Date;
  /** True where the person has a password; false where the person always comes in through another service. */
  hasPassword: boolean;
  deactivated: boolean;
  /** The number of labels that the person gave here; labels that came with a file are nobody's work. */
  labelCount: number;
  lastLabelAt: Date | null;
}

/** Lists the people in the project, admins first, each with what they have given. */
export async function listMembers(actor: ProjectActor): Promise<MemberRow[]> {
  const { projectId } = requireAdmin(actor);
  return database().$queryRaw<MemberRow[]>`
    SELECT u."id", u."name", u."email", m."role"::text AS "role", m."createdAt" AS "joinedAt",
      u."passwordHash" IS NOT NULL AS "hasPassword", u."deactivatedAt" IS NOT NULL AS "deactivated",
      count(l."id")::int AS "labelCount", max(l."createdAt") AS "lastLabelAt"
    FROM "Membership" m
    JOIN "User" u ON u."id" = m."userId"
    LEFT JOIN "LiveLabel" l ON l."annotatorId" = u."id" AND l."projectId" = m."projectId" AND l."importId" IS NULL
    WHERE m."projectId" = ${projectId}::uuid
    GROUP BY u."id", m."role", m."createdAt"
    ORDER BY m."role", lower(u."name"), u."id"`;
}
