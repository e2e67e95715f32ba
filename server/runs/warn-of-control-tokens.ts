import { CONTROL_TOKEN_PATTERN } from "@/domain/control-tokens";
import type { ModelVersion } from "@/generated/prisma/client";
import { database } from "../database/client";
import { baseControlTokens } from "../models/base-control-tokens";
import { resolveModel } from "../models/resolve-model";

/** So many labelled prompts are looked through while a person waits for the sheet; the run itself looks through all. */
const LOOKED_THROUGH = 2_000;

/**
 * Warns of labelled prompts whose texts hold control tokens of the base, which the run would read as ends of turns. The
 * base's own tokens are looked for where its tokenizer is at hand, those of known families otherwise. Of a large project
 * the newest prompts are looked through, and the sentence says so.
 */
export async function warnOfControlTokens(
  projectId: string,
  base: ModelVersion,
  most = LOOKED_THROUGH,
): Promise<string[]> {
  const { model } = await resolveModel(database(), base);
  const tokens = await baseControlTokens(model);
  const [found] = await database().$queryRaw<{ count: number; seen: number }[]>`
    SELECT count(*)::int AS "seen", count(*) FILTER (WHERE EXISTS (
      SELECT 1 FROM (
        SELECT "content" FROM "PromptMessage" WHERE "promptId" = newest."id"
        UNION ALL SELECT "content" FROM "Completion" WHERE "promptId" = newest."id") texts
      WHERE CASE WHEN ${tokens !== null} THEN
        EXISTS (SELECT 1 FROM unnest(${tokens ?? []}::text[]) AS token WHERE strpos(texts."content", token) > 0)
        ELSE texts."content" ~* ${CONTROL_TOKEN_PATTERN} END))::int AS "count"
    FROM (
      SELECT prompt."id" FROM "Prompt" prompt
      WHERE prompt."projectId" = ${projectId}::uuid AND prompt."archivedAt" IS NULL
        AND EXISTS (
          SELECT 1 FROM "Task" task JOIN "Label" label ON label."taskId" = task."id" WHERE task."promptId" = prompt."id")
      ORDER BY prompt."id" DESC LIMIT ${most}
    ) newest`;
  const count = found?.count ?? 0;
  if (count === 0) return [];
  const whose = tokens === null ? "a chat template" : base.name;
  const number =
    found?.seen === most
      ? `${count} of the newest ${most.toLocaleString("en")} labelled prompts ${count === 1 ? "holds" : "hold"}`
      : count === 1
        ? "1 labelled prompt holds"
        : `${count} labelled prompts hold`;
  return [
    `${number} control tokens of ${whose} in the prompt or a completion: the model reads them as the end of a turn or the beginning of another, not as text.`,
  ];
}
