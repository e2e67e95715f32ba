-- AlterTable
ALTER TABLE "TrainingRun" ADD COLUMN "rewardModelVersionId" UUID;

-- AddForeignKey
ALTER TABLE "TrainingRun" ADD CONSTRAINT "TrainingRun_rewardModelVersionId_fkey" FOREIGN KEY ("rewardModelVersionId") REFERENCES "ModelVersion"("id") ON DELETE SET NULL ON UPDATE CASCADE;
