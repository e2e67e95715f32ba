-- What the trainer has read of a model's files, for the model's page.
CREATE TABLE "ModelInspection" (
    "id" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "modelVersionId" UUID NOT NULL,
    "status" "JobStatus" NOT NULL DEFAULT 'queued',
    "activity" TEXT,
    "errorCode" TEXT,
    "errorMessage" TEXT,
    "errorHint" TEXT,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMP(3),
    "finishedAt" TIMESTAMP(3),
    "heartbeatAt" TIMESTAMP(3),
    "cancelRequestedAt" TIMESTAMP(3),

    CONSTRAINT "ModelInspection_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "ModelFact" (
    "inspectionId" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "about" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "isNotice" BOOLEAN NOT NULL,

    CONSTRAINT "ModelFact_pkey" PRIMARY KEY ("inspectionId", "position")
);

CREATE INDEX "ModelInspection_modelVersionId_createdAt_idx" ON "ModelInspection"("modelVersionId", "createdAt");

ALTER TABLE "ModelInspection" ADD CONSTRAINT "ModelInspection_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "ModelInspection" ADD CONSTRAINT "ModelInspection_modelVersionId_fkey" FOREIGN KEY ("modelVersionId") REFERENCES "ModelVersion"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "ModelFact" ADD CONSTRAINT "ModelFact_inspectionId_fkey" FOREIGN KEY ("inspectionId") REFERENCES "ModelInspection"("id") ON DELETE CASCADE ON UPDATE CASCADE;
