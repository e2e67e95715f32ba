import { recordAudit } from "../access/record-audit";
import { database, type Transaction } from "../database/client";
import { lockProject } from "../database/lock-project";
import { type ImportFile, MAX_ISSUES } from "./import-file";
import { ImportRefused } from "./import-refused";
import { insertAnswers } from "./insert-answers";
import { insertPrompts } from "./insert-prompts";
import { type HashedAnswer, readImportFile } from "./read-import-file";

/**
 * Takes all prompts of a file in, or none; with `takeAnswers` the answers beside them as labels too.
 * @throws ImportRefused where any line has a fault
 */
export async function importPrompts(input: ImportFile & { projectId: string; userId: string; takeAnswers?: boolean }) {
  const { projectId, userId, fileName, format, takeAnswers = false } = input;
  const { prompts, answers, total, issues } = readImportFile(input);
  if (issues.length > 0) throw new ImportRefused(fileName, issues.slice(0, MAX_ISSUES));
  return database().$transaction(
    async (tx) => {
      await lockProject(tx, projectId); // the same file twice at once is an import and 100 % duplicates
      const created = await tx.promptImport.create({
        data: {
          projectId,
          fileName,
          format,
          rowCount: total,
          acceptedCount: 0,
          duplicateCount: 0,
          createdById: userId,
        },
      });
      const accepted = await insertPrompts(tx, { projectId, source: "imported", importId: created.id, prompts });
      const duplicates = total - accepted;
      const labels = takeAnswers ? await takeAnswersIn(tx, { projectId, userId, importId: created.id }, answers) : 0;
      await tx.promptImport.update({
        where: { id: created.id },
        data: { acceptedCount: accepted, duplicateCount: duplicates, labelCount: labels },
      });
      const detail = `${fileName}: ${accepted} new, ${duplicates} known${labels > 0 ? `, ${labels} labels` : ""}`;
      const subject: [string, string] = ["PromptImport", created.id];
      await recordAudit(tx, { actorId: userId, projectId, action: "prompts.import", subject, detail });
      return { importId: created.id, accepted, duplicates, labels };
    },
    { timeout: 120_000 },
  );
}

async function takeAnswersIn(
  tx: Transaction,
  by: { projectId: string; userId: string; importId: string },
  answers: readonly HashedAnswer[],
): Promise<number> {
  const prompts = await tx.prompt.findMany({
    where: { projectId: by.projectId, normalizedHash: { in: [...new Set(answers.map(({ hash }) => hash))] } },
    select: { id: true, normalizedHash: true },
  });
  const idOf = new Map(prompts.map(({ id, normalizedHash }) => [normalizedHash, id]));
  const placed = answers.flatMap(({ hash, answer }) => {
    const promptId = idOf.get(hash);
    return promptId ? [{ promptId, answer }] : [];
  });
  return insertAnswers(tx, { ...by, answers: placed });
}
