-- Answers that stand beside the prompts of a file become labels, which name the import they came with.
ALTER TABLE "PromptImport" ADD COLUMN "labelCount" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "Label" ADD COLUMN "importId" UUID;
ALTER TABLE "Label" ADD CONSTRAINT "Label_importId_fkey"
  FOREIGN KEY ("importId") REFERENCES "PromptImport"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- The same view; "l.*" is spelled out when a view is made, so the new column has to be taken in.
CREATE OR REPLACE VIEW "LiveLabel" AS
SELECT l.* FROM "Label" l
WHERE NOT EXISTS (SELECT 1 FROM "LabelWithdrawal" w WHERE w."labelId" = l."id")
  AND NOT EXISTS (SELECT 1 FROM "Label" s WHERE s."supersedesId" = l."id");
