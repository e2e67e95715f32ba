import { Prisma, type ProjectRole } from "@/generated/prisma/client";
import { database } from "../database/client";
import { deadLabels } from "../labels/live-label-counts";
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
  const given = Prisma.sql`l."projectId" = m."projectId" AND l."annotatorId" = m."userId" AND l."importId" IS NULL`;
  return database().$queryRaw<MemberRow[]>`
    WITH dead AS MATERIALIZED (${deadLabels([projectId])}),
    given AS MATERIALIZED (
      SELECT l."annotatorId", count(*) AS count FROM "Label" l
      WHERE l."projectId" = ${projectId}::uuid AND l."importId" IS NULL GROUP BY l."annotatorId"
    ),
    taken AS MATERIALIZED (SELECT "annotatorId", count(*) AS count FROM dead WHERE "importId" IS NULL GROUP BY "annotatorId")
    SELECT u."id", u."name", u."email", m."role"::text AS "role", m."createdAt" AS "joinedAt",
      u."passwordHash" IS NOT NULL AS "hasPassword", u."deactivatedAt" IS NOT NULL AS "deactivated",
      (coalesce(given.count, 0) - coalesce(taken.count, 0))::int AS "labelCount",
      (SELECT l."createdAt" FROM "LiveLabel" l WHERE ${given} ORDER BY l."id" DESC LIMIT 1) AS "lastLabelAt"
    FROM "Membership" m
    JOIN "User" u ON u."id" = m."userId"
    LEFT JOIN given ON given."annotatorId" = u."id"
    LEFT JOIN taken ON taken."annotatorId" = u."id"
    WHERE m."projectId" = ${projectId}::uuid
    ORDER BY m."role", lower(u."name"), u."id"`;
}
