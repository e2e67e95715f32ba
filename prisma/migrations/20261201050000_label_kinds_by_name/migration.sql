-- A label's kind is the name that domain/labels/kinds.ts lists, so that a new kind needs no change here. A view holds its
-- columns' types, so it goes and comes back as it was.
DROP VIEW "LiveLabel";
ALTER TABLE "Task" ALTER COLUMN "kind" TYPE TEXT USING "kind"::text;
ALTER TABLE "TaskTemplate" ALTER COLUMN "kind" TYPE TEXT USING "kind"::text;
ALTER TABLE "Label" ALTER COLUMN "kind" TYPE TEXT USING "kind"::text;
DROP TYPE "LabelKind";
CREATE VIEW "LiveLabel" AS
SELECT l.* FROM "Label" l
WHERE NOT EXISTS (SELECT 1 FROM "LabelWithdrawal" w WHERE w."labelId" = l."id")
  AND NOT EXISTS (SELECT 1 FROM "Label" s WHERE s."supersedesId" = l."id");

-- Answers of kinds that need no table of their own.
CREATE TABLE "LabelValue" (
    "labelId" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "completionId" UUID,
    "number" DOUBLE PRECISION,
    "text" TEXT,

    CONSTRAINT "LabelValue_pkey" PRIMARY KEY ("labelId","position"),
    CONSTRAINT "LabelValue_number_or_text" CHECK (num_nonnulls("number", "text") = 1)
);
ALTER TABLE "LabelValue" ADD CONSTRAINT "LabelValue_labelId_fkey"
  FOREIGN KEY ("labelId") REFERENCES "Label"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "LabelValue" ADD CONSTRAINT "LabelValue_completionId_fkey"
  FOREIGN KEY ("completionId") REFERENCES "Completion"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
