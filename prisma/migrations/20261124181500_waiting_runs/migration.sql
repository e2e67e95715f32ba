-- AlterTable
ALTER TABLE "TrainingRun" ADD COLUMN     "waitsForId" UUID;

-- CreateIndex
CREATE INDEX "TrainingRun_waitsForId_idx" ON "TrainingRun"("waitsForId");

-- AddForeignKey
ALTER TABLE "TrainingRun" ADD CONSTRAINT "TrainingRun_waitsForId_fkey" FOREIGN KEY ("waitsForId") REFERENCES "TrainingRun"("id") ON DELETE SET NULL ON UPDATE CASCADE;
