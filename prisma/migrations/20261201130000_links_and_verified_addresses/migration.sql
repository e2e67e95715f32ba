-- A person without a password came in through a service that had verified the address.
ALTER TABLE "User" ADD COLUMN "emailVerifiedAt" TIMESTAMP(3);
UPDATE "User" SET "emailVerifiedAt" = "createdAt" WHERE "passwordHash" IS NULL;

-- An open invitation is taken to have been made with its maker's present password.
ALTER TABLE "Invitation" ADD COLUMN "createdByVersion" INTEGER;
UPDATE "Invitation" i SET "createdByVersion" = u."sessionVersion" FROM "User" u WHERE u."id" = i."createdById";
ALTER TABLE "Invitation" ALTER COLUMN "createdByVersion" SET NOT NULL;

-- Of a reset link nobody knows through which project it was made, so open ones end; they live for a day at most.
DELETE FROM "PasswordReset" WHERE "usedAt" IS NULL;
ALTER TABLE "PasswordReset" ADD COLUMN "userVersion" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "PasswordReset" ALTER COLUMN "userVersion" DROP DEFAULT;
ALTER TABLE "PasswordReset" ADD COLUMN "projectId" UUID;
ALTER TABLE "PasswordReset" ADD COLUMN "createdByVersion" INTEGER;
ALTER TABLE "PasswordReset" DROP CONSTRAINT "PasswordReset_createdById_fkey";
ALTER TABLE "PasswordReset" ALTER COLUMN "createdById" DROP NOT NULL;
ALTER TABLE "PasswordReset" ADD CONSTRAINT "PasswordReset_createdById_fkey"
  FOREIGN KEY ("createdById") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;
CREATE INDEX "PasswordReset_userId_idx" ON "PasswordReset"("userId");

-- The keys of earlier rows hold addresses in plain text.
DELETE FROM "RateLimit";
CREATE INDEX "RateLimit_windowStart_idx" ON "RateLimit"("windowStart");
