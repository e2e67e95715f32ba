-- A task's row keeps how many labels and leases it has: the search for the next task, and all lists, would count them anew
-- otherwise. An update of them stays on its page, as no index holds them.
ALTER TABLE "Task" ADD COLUMN "labelCount" INTEGER NOT NULL DEFAULT 0, ADD COLUMN "leaseCount" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "Task" SET (fillfactor = 80);
UPDATE "Task" t SET "labelCount" = n."count"
FROM (SELECT "taskId", count(*) AS "count" FROM "LiveLabel" GROUP BY "taskId") n WHERE n."taskId" = t."id";
UPDATE "Task" t SET "leaseCount" = n."count"
FROM (SELECT "taskId", count(*) AS "count" FROM "TaskLease" GROUP BY "taskId") n WHERE n."taskId" = t."id";

-- The leases that have run out are found by their end.
CREATE INDEX "TaskLease_expiresAt_idx" ON "TaskLease"("expiresAt");

-- The tasks of one person: those that name the person, those skipped, and the labels of a day.
CREATE INDEX "TaskAssignee_userId_idx" ON "TaskAssignee"("userId");
CREATE INDEX "TaskSkip_userId_idx" ON "TaskSkip"("userId");
CREATE INDEX "Label_annotatorId_createdAt_idx" ON "Label"("annotatorId", "createdAt");
