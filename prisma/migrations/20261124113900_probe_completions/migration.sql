-- A reward model's report offers completions made to fool it, to be compared with the ones that they were made from.
ALTER TYPE "CompletionOrigin" ADD VALUE 'probe';

ALTER TABLE "Completion"
  ADD COLUMN "probeRunId" UUID,
  ADD COLUMN "probeOfId" UUID;
ALTER TABLE "Completion" ADD CONSTRAINT "Completion_probeRunId_fkey"
  FOREIGN KEY ("probeRunId") REFERENCES "TrainingRun"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Completion" ADD CONSTRAINT "Completion_probeOfId_fkey"
  FOREIGN KEY ("probeOfId") REFERENCES "Completion"("id") ON DELETE SET NULL ON UPDATE CASCADE;
