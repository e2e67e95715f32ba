import { recordAudit } from "../access/record-audit";
import { database } from "../database/client";
import { lockProject } from "../database/lock-project";
import { type ImportFile, MAX_ISSUES } from "./import-file";
import { ImportRefused } from "./import-refused";
import { insertPrompts } from "./insert-prompts";
import { readImportFile } from "./read-import-file";

/**
 * Takes all prompts of a file in, or none.
 * @throws ImportRefused where any line has a fault
 */
export async function importPrompts(input: ImportFile & { projectId: string; userId: string }) {
  const { projectId, userId, fileName, format } = input;
  const { prompts, total, issues } = readImportFile(input);
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
      await tx.promptImport.update({
        where: { id: created.id },
        data: { acceptedCount: accepted, duplicateCount: duplicates },
      });
      const detail = `${fileName}: ${accepted} new, ${duplicates} known`;
      const subject: [string, string] = ["PromptImport", created.id];
      await recordAudit(tx, { actorId: userId, projectId, action: "prompts.import", subject, detail });
      return { importId: created.id, accepted, duplicates };
    },
    { timeout: 120_000 },
  );
}
