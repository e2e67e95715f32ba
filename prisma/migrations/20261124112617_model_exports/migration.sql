-- Models in forms to be downloaded, each made by a job and kept in the data folder.
CREATE TYPE "ExportFormat" AS ENUM ('peft', 'safetensors', 'gguf');
CREATE TYPE "WeightType" AS ENUM ('F32', 'F16', 'BF16', 'Q8_0');
CREATE TABLE "ModelExport" (
    "id" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "modelVersionId" UUID NOT NULL,
    "format" "ExportFormat" NOT NULL,
    "weightType" "WeightType" NOT NULL,
    "status" "JobStatus" NOT NULL DEFAULT 'queued',
    "doneBytes" BIGINT NOT NULL DEFAULT 0,
    "totalBytes" BIGINT,
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

    CONSTRAINT "ModelExport_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "ModelExport_modelVersionId_createdAt_idx" ON "ModelExport"("modelVersionId", "createdAt");
ALTER TABLE "ModelExport" ADD CONSTRAINT "ModelExport_projectId_fkey"
  FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "ModelExport" ADD CONSTRAINT "ModelExport_modelVersionId_fkey"
  FOREIGN KEY ("modelVersionId") REFERENCES "ModelVersion"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "ModelExport" ADD CONSTRAINT "ModelExport_requestedById_fkey"
  FOREIGN KEY ("requestedById") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
