-- A generation reads its prompts page by page, in the order of their places.
CREATE INDEX "GenerationPrompt_generationId_position_idx" ON "GenerationPrompt"("generationId", "position");
-- Models count their completions.
CREATE INDEX "Completion_modelVersionId_idx" ON "Completion"("modelVersionId");

-- A template keeps which completions its tasks show. Those made before meant the latest generation's.
ALTER TABLE "TaskTemplate"
  ADD COLUMN "completions" TEXT NOT NULL DEFAULT 'latest',
  ADD COLUMN "firstModelId" UUID,
  ADD COLUMN "secondModelId" UUID;
ALTER TABLE "TaskTemplate" ALTER COLUMN "completions" SET DEFAULT 'all';
ALTER TABLE "TaskTemplate" ADD CONSTRAINT "TaskTemplate_firstModelId_fkey"
  FOREIGN KEY ("firstModelId") REFERENCES "ModelVersion"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "TaskTemplate" ADD CONSTRAINT "TaskTemplate_secondModelId_fkey"
  FOREIGN KEY ("secondModelId") REFERENCES "ModelVersion"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "TaskTemplate" ADD CONSTRAINT "TaskTemplate_models_of_choice"
  CHECK ("completions" IN ('all', 'latest', 'models')
    AND num_nonnulls("firstModelId", "secondModelId") = CASE WHEN "completions" = 'models' THEN 2 ELSE 0 END);
