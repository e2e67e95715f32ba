-- What is one prompt is decided by its text as written (line ends and outer white space aside). The hash of the normalised
-- text goes on deciding the split, which no existing prompt changes. The expression is that of server/prompts/prompt-identity.ts.
ALTER TABLE "Prompt" ADD COLUMN "textHash" TEXT;
UPDATE "Prompt" p SET "textHash" = coalesce(
  (SELECT encode(sha256(convert_to(string_agg(
     m."role"::text || ' ' || octet_length(m."text") || E'\n' || m."text" || E'\n', '' ORDER BY m."position"), 'UTF8')), 'hex')
   FROM (SELECT "role", "position",
           btrim(regexp_replace("content", E'\r\n?', E'\n', 'g'), E' \t\n\x0B\f') AS "text"
         FROM "PromptMessage" WHERE "promptId" = p."id") m),
  p."id"::text);
ALTER TABLE "Prompt" ALTER COLUMN "textHash" SET NOT NULL;
DROP INDEX "Prompt_projectId_normalizedHash_key";
CREATE INDEX "Prompt_projectId_normalizedHash_idx" ON "Prompt"("projectId", "normalizedHash");
CREATE UNIQUE INDEX "Prompt_projectId_textHash_key" ON "Prompt"("projectId", "textHash");

-- A margin that a file names stays that number; the strength beside it is the nearest of the four.
ALTER TABLE "ComparisonLabel" ADD COLUMN "margin" DOUBLE PRECISION;
ALTER TABLE "ComparisonLabel" ADD CONSTRAINT "ComparisonLabel_margin_of_a_choice"
  CHECK ("margin" IS NULL OR ("outcome" = 'chosen' AND "margin" >= 0));

-- Which rows of a file were left out of an import, and why.
CREATE TABLE "PromptImportIssue" (
  "importId" UUID NOT NULL,
  "position" INTEGER NOT NULL,
  "line" INTEGER NOT NULL,
  "element" INTEGER,
  "field" TEXT,
  "message" TEXT NOT NULL,
  CONSTRAINT "PromptImportIssue_pkey" PRIMARY KEY ("importId", "position")
);
ALTER TABLE "PromptImportIssue" ADD CONSTRAINT "PromptImportIssue_importId_fkey"
  FOREIGN KEY ("importId") REFERENCES "PromptImport"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
