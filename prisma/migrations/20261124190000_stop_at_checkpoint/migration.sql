-- AlterTable
ALTER TABLE "TrainingRun" ADD COLUMN     "stopAtCheckpoint" BOOLEAN NOT NULL DEFAULT false;
