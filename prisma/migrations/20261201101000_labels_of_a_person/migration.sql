-- What a person has labelled is looked up with every search for a next task, and the labels of one person lie far apart. The
-- index holds all that is asked, so that their pages need not be read; Prisma's schema can't express INCLUDE.
DROP INDEX "Label_annotatorId_createdAt_idx";
CREATE INDEX "Label_of_person_idx" ON "Label" ("annotatorId", "projectId", "createdAt") INCLUDE ("id", "taskId", "importId");
