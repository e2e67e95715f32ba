-- A next round is two generations over the same prompts: the new model's points at the previous model's.
ALTER TABLE "Generation"
  ADD COLUMN "pairedWithId" UUID,
  ADD COLUMN "errorCode" TEXT,
  ADD COLUMN "attempt" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "taskCount" INTEGER,
  ADD COLUMN "identicalCount" INTEGER;
CREATE UNIQUE INDEX "Generation_pairedWithId_key" ON "Generation"("pairedWithId");
ALTER TABLE "Generation" ADD CONSTRAINT "Generation_pairedWithId_fkey"
  FOREIGN KEY ("pairedWithId") REFERENCES "Generation"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "TrainingRun" ADD COLUMN "tokensPerSecond" DOUBLE PRECISION;
