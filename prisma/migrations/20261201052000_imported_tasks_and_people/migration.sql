-- Tuneloop's own files bring tasks, labels and completions with the ids, people and models of the project that wrote them.
ALTER TABLE "PromptImport" ADD COLUMN "taskCount" INTEGER NOT NULL DEFAULT 0;

ALTER TABLE "Completion"
  ADD COLUMN "sourceId" TEXT,
  ADD COLUMN "sourceOrigin" TEXT,
  ADD COLUMN "sourceModel" TEXT;

ALTER TABLE "Task"
  ADD COLUMN "importId" UUID,
  ADD COLUMN "sourceId" TEXT,
  ADD COLUMN "sourceGroupId" TEXT;
ALTER TABLE "Task" ADD CONSTRAINT "Task_importId_fkey"
  FOREIGN KEY ("importId") REFERENCES "PromptImport"("id") ON DELETE SET NULL ON UPDATE CASCADE;
CREATE INDEX "Task_projectId_sourceId_idx" ON "Task"("projectId", "sourceId");

ALTER TABLE "Label"
  ADD COLUMN "sourceId" TEXT,
  ADD COLUMN "sourceAnnotatorId" TEXT,
  ADD COLUMN "sourceAnnotator" TEXT;
CREATE INDEX "Label_projectId_sourceId_idx" ON "Label"("projectId", "sourceId");
-- Only a file names people that are no accounts: a label given here has its account and nothing else.
ALTER TABLE "Label" ADD CONSTRAINT "Label_source_of_an_import"
  CHECK ("importId" IS NOT NULL OR num_nonnulls("sourceId", "sourceAnnotatorId", "sourceAnnotator") = 0);

-- The same view; "l.*" is spelled out when a view is made, so the new columns have to be taken in.
CREATE OR REPLACE VIEW "LiveLabel" AS
SELECT l.* FROM "Label" l
WHERE NOT EXISTS (SELECT 1 FROM "LabelWithdrawal" w WHERE w."labelId" = l."id")
  AND NOT EXISTS (SELECT 1 FROM "Label" s WHERE s."supersedesId" = l."id");
