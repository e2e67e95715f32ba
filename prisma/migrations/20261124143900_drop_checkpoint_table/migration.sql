-- DropForeignKey
ALTER TABLE "Checkpoint" DROP CONSTRAINT "Checkpoint_runId_fkey";

-- DropTable
DROP TABLE "Checkpoint";
