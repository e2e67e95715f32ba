-- A reward model scores completions: of tasks and prompts as a job of its own, in the playground along with the answer.
CREATE TABLE "Scoring" (
    "id" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "modelVersionId" UUID NOT NULL,
    "promptId" UUID,
    "status" "JobStatus" NOT NULL DEFAULT 'queued',
    "doneCount" INTEGER NOT NULL DEFAULT 0,
    "totalCount" INTEGER NOT NULL,
    "activity" TEXT,
    "errorCode" TEXT,
    "errorMessage" TEXT,
    "errorHint" TEXT,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "requestedById" UUID NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMP(3),
    "finishedAt" TIMESTAMP(3),
    "heartbeatAt" TIMESTAMP(3),
    "cancelRequestedAt" TIMESTAMP(3),

    CONSTRAINT "Scoring_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "Scoring_projectId_createdAt_idx" ON "Scoring"("projectId", "createdAt");
ALTER TABLE "Scoring" ADD CONSTRAINT "Scoring_projectId_fkey"
  FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Scoring" ADD CONSTRAINT "Scoring_modelVersionId_fkey"
  FOREIGN KEY ("modelVersionId") REFERENCES "ModelVersion"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Scoring" ADD CONSTRAINT "Scoring_promptId_fkey"
  FOREIGN KEY ("promptId") REFERENCES "Prompt"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Scoring" ADD CONSTRAINT "Scoring_requestedById_fkey"
  FOREIGN KEY ("requestedById") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "RewardScore" ADD COLUMN "scoringId" UUID;
ALTER TABLE "RewardScore" ADD CONSTRAINT "RewardScore_scoringId_fkey"
  FOREIGN KEY ("scoringId") REFERENCES "Scoring"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "Generation"
  ADD COLUMN "scoredWithId" UUID,
  ADD COLUMN "outputScore" DOUBLE PRECISION,
  ADD COLUMN "scoreProblem" TEXT;
ALTER TABLE "Generation" ADD CONSTRAINT "Generation_scoredWithId_fkey"
  FOREIGN KEY ("scoredWithId") REFERENCES "ModelVersion"("id") ON DELETE SET NULL ON UPDATE CASCADE;
