import { CONTROL_TOKEN_PATTERN } from "@/domain/control-tokens";
import type { ModelVersion } from "@/generated/prisma/client";
import { database } from "../database/client";
import { baseControlTokens } from "../models/base-control-tokens";
import { resolveModel } from "../models/resolve-model";

/** Beyond this number the count stops. */
const MOST = 1000;

/**
 * Warns of labelled prompts whose texts hold control tokens of the base, which the run would read as ends of turns. The
 * base's own tokens are looked for where its tokenizer is at hand, those of known families otherwise.
 */
export async function warnOfControlTokens(projectId: string, base: ModelVersion): Promise<string[]> {
  const { model } = await resolveModel(database(), base);
  const tokens = await baseControlTokens(model);
  const [found] = await database().$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count" FROM (
      SELECT 1 FROM "Prompt" prompt
      WHERE prompt."projectId" = ${projectId}::uuid AND prompt."archivedAt" IS NULL
        AND EXISTS (
          SELECT 1 FROM "Task" task JOIN "Label" label ON label."taskId" = task."id" WHERE task."promptId" = prompt."id")
        AND EXISTS (
          SELECT 1 FROM (
            SELECT "content" FROM "PromptMessage" WHERE "promptId" = prompt."id"
            UNION ALL SELECT "content" FROM "Completion" WHERE "promptId" = prompt."id") texts
          WHERE CASE WHEN ${tokens !== null} THEN
            EXISTS (SELECT 1 FROM unnest(${tokens ?? []}::text[]) AS token WHERE strpos(texts."content", token) > 0)
            ELSE texts."content" ~* ${CONTROL_TOKEN_PATTERN} END)
      LIMIT ${MOST}
    ) prompts`;
  const count = found?.count ?? 0;
  if (count === 0) return [];
  const whose = tokens === null ? "a chat template" : base.name;
  const number =
    count === 1 ? "1 labelled prompt holds" : `${count === MOST ? `At least ${MOST}` : count} labelled prompts hold`;
  return [
    `${number} control tokens of ${whose} in the prompt or a completion: the model reads them as the end of a turn or the beginning of another, not as text.`,
  ];
}
