-- The old index held open tasks together but not in order: PostgreSQL takes no `IS NULL` for an equality, so the next
-- task was found by sorting all open ones. A partial index, which Prisma's schema can't express, stops at the first.
DROP INDEX "Task_projectId_completedAt_archivedAt_priority_createdAt_id_idx";
CREATE INDEX "Task_open_in_order_idx" ON "Task" ("projectId", "priority" DESC, "createdAt", "id")
  WHERE "completedAt" IS NULL AND "archivedAt" IS NULL;
CREATE INDEX "Task_projectId_id_idx" ON "Task" ("projectId", "id");
