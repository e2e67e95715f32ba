-- What was counted or measured over all labels of a project is kept until the labels change.
CREATE TABLE "KeptResult" (
    "projectId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "computedAt" TIMESTAMP(3) NOT NULL,
    "milliseconds" INTEGER NOT NULL,
    CONSTRAINT "KeptResult_pkey" PRIMARY KEY ("projectId", "name")
);
ALTER TABLE "KeptResult" ADD CONSTRAINT "KeptResult_projectId_fkey"
  FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- The tasks with a pair that a reward model orders differently from the people, as they were last measured.
CREATE TABLE "RewardDisagreement" (
    "modelVersionId" UUID NOT NULL,
    "taskId" UUID NOT NULL,
    CONSTRAINT "RewardDisagreement_pkey" PRIMARY KEY ("modelVersionId", "taskId")
);
ALTER TABLE "RewardDisagreement" ADD CONSTRAINT "RewardDisagreement_modelVersionId_fkey"
  FOREIGN KEY ("modelVersionId") REFERENCES "ModelVersion"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "RewardDisagreement" ADD CONSTRAINT "RewardDisagreement_taskId_fkey"
  FOREIGN KEY ("taskId") REFERENCES "Task"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
