-- AlterTable
ALTER TABLE "TrainingRun" ALTER COLUMN "method" TYPE TEXT USING "method"::text;

-- DropEnum
DROP TYPE "TrainingMethod";
