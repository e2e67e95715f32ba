-- Labels of one person, newest first, and the people of a project one after the other. Prisma's schema can't express
-- partial indexes: a label that came with a file is nobody's work here.
CREATE INDEX "Label_given_by_person_idx" ON "Label"("projectId", "annotatorId", "id") WHERE "importId" IS NULL;
CREATE INDEX "Label_imported_of_person_idx" ON "Label"("projectId", "sourceAnnotatorId", "importId")
  WHERE "importId" IS NOT NULL;
-- All labels of a project, newest first.
CREATE INDEX "Label_projectId_id_idx" ON "Label"("projectId", "id");
-- All prompts of a project, newest first.
CREATE INDEX "Prompt_projectId_id_idx" ON "Prompt"("projectId", "id");

-- A search looks through the prompts' texts in small letters. To make them small takes four times as long as to look, so
-- it is done once, when a message is written (decision 18).
ALTER TABLE "PromptMessage" ADD COLUMN "searchText" TEXT NOT NULL DEFAULT '';
UPDATE "PromptMessage" SET "searchText" = lower("content");
CREATE FUNCTION "set_search_text"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."searchText" := lower(NEW."content");
  RETURN NEW;
END $$;
CREATE TRIGGER "PromptMessage_search_text" BEFORE INSERT OR UPDATE OF "content" ON "PromptMessage"
  FOR EACH ROW EXECUTE FUNCTION "set_search_text"();

-- The gap between the highest and the lowest score that a reward model gives to a task's completions, once all of them
-- have one: the tasks page is ordered by it.
CREATE TABLE "RewardGap" (
    "modelVersionId" UUID NOT NULL,
    "taskId" UUID NOT NULL,
    "gap" DOUBLE PRECISION NOT NULL,
    CONSTRAINT "RewardGap_pkey" PRIMARY KEY ("modelVersionId", "taskId")
);
CREATE INDEX "RewardGap_modelVersionId_gap_taskId_idx" ON "RewardGap"("modelVersionId", "gap", "taskId");
ALTER TABLE "RewardGap" ADD CONSTRAINT "RewardGap_modelVersionId_fkey"
  FOREIGN KEY ("modelVersionId") REFERENCES "ModelVersion"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "RewardGap" ADD CONSTRAINT "RewardGap_taskId_fkey"
  FOREIGN KEY ("taskId") REFERENCES "Task"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
INSERT INTO "RewardGap" ("modelVersionId", "taskId", "gap")
SELECT s."modelVersionId", tc."taskId", max(s."score") - min(s."score")
FROM "TaskCompletion" tc JOIN "RewardScore" s ON s."completionId" = tc."completionId"
GROUP BY s."modelVersionId", tc."taskId"
HAVING count(*) > 1
  AND count(*) = (SELECT count(*) FROM "TaskCompletion" every WHERE every."taskId" = tc."taskId");
