-- An uploaded file is looked at and taken in by jobs; the row tells how far that is. What was imported before is completed.
CREATE TYPE "ImportStatus" AS ENUM ('queued', 'running', 'ready', 'completed', 'failed', 'cancelled');
CREATE TYPE "ImportPhase" AS ENUM ('preview', 'import');

ALTER TABLE "PromptImport"
  ADD COLUMN "hint" TEXT,
  ADD COLUMN "sizeBytes" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "phase" "ImportPhase" NOT NULL DEFAULT 'import',
  ADD COLUMN "status" "ImportStatus" NOT NULL DEFAULT 'completed',
  ADD COLUMN "mapping" JSONB NOT NULL DEFAULT '{}',
  ADD COLUMN "mappingVersion" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "preview" JSONB,
  ADD COLUMN "takeAnswers" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "leaveOut" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "doneRows" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "doneBytes" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "activity" TEXT,
  ADD COLUMN "errorCode" TEXT,
  ADD COLUMN "errorMessage" TEXT,
  ADD COLUMN "errorHint" TEXT,
  ADD COLUMN "attempt" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "startedAt" TIMESTAMP(3),
  ADD COLUMN "finishedAt" TIMESTAMP(3),
  ADD COLUMN "heartbeatAt" TIMESTAMP(3),
  ADD COLUMN "cancelRequestedAt" TIMESTAMP(3);
UPDATE "PromptImport" SET "takeAnswers" = true WHERE "labelCount" > 0;
UPDATE "PromptImport" SET "leaveOut" = true WHERE "id" IN (SELECT "importId" FROM "PromptImportIssue");
ALTER TABLE "PromptImport"
  ALTER COLUMN "phase" SET DEFAULT 'preview',
  ALTER COLUMN "status" SET DEFAULT 'queued',
  ALTER COLUMN "format" SET DEFAULT '',
  ALTER COLUMN "rowCount" SET DEFAULT 0,
  ALTER COLUMN "acceptedCount" SET DEFAULT 0,
  ALTER COLUMN "duplicateCount" SET DEFAULT 0;
CREATE INDEX "PromptImport_projectId_createdAt_idx" ON "PromptImport"("projectId", "createdAt");
