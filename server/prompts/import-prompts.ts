import { type ProjectActor, requireAdmin } from "../access/actor";
import { recordAudit } from "../access/record-audit";
import { database, type Transaction } from "../database/client";
import { lockProject } from "../database/lock-project";
import { type ImportFile, MAX_ISSUES } from "./import-file";
import { type ImportIssue, ImportRefused } from "./import-refused";
import { type InsertedAnswers, insertAnswers } from "./insert-answers";
import { insertPrompts } from "./insert-prompts";
import { type HashedAnswer, readImport } from "./read-import-file";

export interface ImportPromptsInput extends ImportFile {
  actor: ProjectActor;
  /** True where the answers beside the prompts become labels. */
  takeAnswers?: boolean;
  /** True where rows with a fault are left out, and kept in the import's report, instead of refusing the file. */
  leaveOut?: boolean;
}

/**
 * Takes all prompts of a file in, or none; with `leaveOut` all but the rows with a fault.
 * @throws ImportRefused where a row has a fault and is not to be left out, no row is left, or the file is too large as a whole
 */
export async function importPrompts(input: ImportPromptsInput) {
  const { projectId, userId } = requireAdmin(input.actor);
  const { fileName, takeAnswers = false, leaveOut = false } = input;
  const { prompts, answers, total, duplicates: repeated, container, ...faults } = await readImport(input);
  const { issues, badRows, canLeaveOut } = faults;
  if (issues.length > 0 && !(leaveOut && canLeaveOut)) throw new ImportRefused(fileName, issues.slice(0, MAX_ISSUES));
  return database().$transaction(
    async (tx) => {
      await lockProject(tx, projectId); // of one file sent twice at once, the second import finds only duplicates
      const created = await tx.promptImport.create({
        data: {
          projectId,
          fileName,
          format: container,
          rowCount: total,
          acceptedCount: 0,
          duplicateCount: 0,
          createdById: userId,
        },
      });
      const accepted = await insertPrompts(tx, { projectId, source: "imported", importId: created.id, prompts });
      const duplicates = repeated + prompts.length - accepted;
      await insertIssues(tx, created.id, badRows);
      const by = { projectId, userId, importId: created.id };
      const { labels, tasks } = takeAnswers ? await takeAnswersIn(tx, by, answers) : { labels: 0, tasks: 0 };
      await tx.promptImport.update({
        where: { id: created.id },
        data: { acceptedCount: accepted, duplicateCount: duplicates, labelCount: labels, taskCount: tasks },
      });
      const parts = [
        `${accepted} new`,
        `${duplicates} known`,
        labels > 0 && `${labels} labels`,
        tasks > 0 && `${tasks} open tasks`,
        badRows.length > 0 && `${badRows.length} left out`,
      ];
      const detail = `${fileName}: ${parts.filter(Boolean).join(", ")}`;
      const subject: [string, string] = ["PromptImport", created.id];
      await recordAudit(tx, { actorId: userId, projectId, action: "prompts.import", subject, detail });
      return { importId: created.id, accepted, duplicates, labels, tasks, leftOut: badRows.length };
    },
    { timeout: 120_000 },
  );
}

async function takeAnswersIn(
  tx: Transaction,
  by: { projectId: string; userId: string; importId: string },
  answers: readonly HashedAnswer[],
): Promise<InsertedAnswers> {
  const hashes = [...new Set(answers.map(({ hash }) => hash))];
  const prompts = await tx.$queryRaw<{ id: string; textHash: string }[]>`
    SELECT "id", "textHash" FROM "Prompt"
    WHERE "projectId" = ${by.projectId}::uuid AND "textHash" = ANY(${hashes}::text[])`;
  const idOf = new Map(prompts.map(({ id, textHash }) => [textHash, id]));
  const placed = answers.flatMap(({ hash, answer }) => {
    const promptId = idOf.get(hash);
    return promptId ? [{ promptId, answer }] : [];
  });
  return insertAnswers(tx, { ...by, answers: placed });
}

async function insertIssues(tx: Transaction, importId: string, issues: readonly ImportIssue[]): Promise<void> {
  if (issues.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO "PromptImportIssue" ("importId", "position", "line", "element", "field", "message")
    SELECT ${importId}::uuid, (position - 1)::int, line, element, field, message
    FROM unnest(${issues.map(({ line }) => line)}::int[], ${issues.map(({ element }) => element ?? null)}::int[],
                ${issues.map(({ field }) => field ?? null)}::text[], ${issues.map(({ message }) => message)}::text[])
         WITH ORDINALITY AS new(line, element, field, message, position)`;
}
