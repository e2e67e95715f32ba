-- An evaluation is a job over all capability suites; what was answered is kept question by question.
DROP TABLE "EvaluationResult";
ALTER TABLE "Evaluation"
  DROP COLUMN "suite",
  ADD COLUMN "activity" TEXT,
  ADD COLUMN "errorCode" TEXT,
  ADD COLUMN "errorHint" TEXT,
  ADD COLUMN "attempt" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "startedAt" TIMESTAMP(3),
  ADD COLUMN "heartbeatAt" TIMESTAMP(3),
  ADD COLUMN "cancelRequestedAt" TIMESTAMP(3);
CREATE INDEX "Evaluation_projectId_createdAt_idx" ON "Evaluation"("projectId", "createdAt");

CREATE TABLE "EvaluationAnswer" (
    "evaluationId" UUID NOT NULL,
    "suite" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "question" TEXT NOT NULL,
    "right" TEXT NOT NULL,
    "chosen" TEXT NOT NULL,
    "isRight" BOOLEAN NOT NULL,

    CONSTRAINT "EvaluationAnswer_pkey" PRIMARY KEY ("evaluationId", "suite", "position")
);
ALTER TABLE "EvaluationAnswer" ADD CONSTRAINT "EvaluationAnswer_evaluationId_fkey"
  FOREIGN KEY ("evaluationId") REFERENCES "Evaluation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
