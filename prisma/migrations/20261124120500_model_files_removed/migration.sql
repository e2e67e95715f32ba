-- AlterTable
ALTER TABLE "ModelVersion" ADD COLUMN     "filesRemovedAt" TIMESTAMP(3);
