import type { FileCompletion } from "@/domain/intake/file-task";
import type { Transaction } from "../database/client";
import { newId } from "../database/new-id";
import { uuidsOf } from "./uuids-of";

/**
 * Finds or makes the completions of a file's tasks. A completion that the file names by an id is made once, however many
 * tasks show it; one that is in the project already (by its own id, or by an earlier import) is that one as long as it
 * says the same.
 *
 * @returns the ids, list by list in the order given
 */
export async function completionsOfImport(
  tx: Transaction,
  projectId: string,
  lists: readonly { promptId: string; completions: readonly FileCompletion[] }[],
): Promise<string[][]> {
  const known = await findCompletions(tx, projectId, lists);
  const fresh: (FileCompletion & { rowId: string; promptId: string })[] = [];
  const ids = lists.map(({ promptId, completions }) =>
    completions.map((completion) => {
      const key = completion.id === null ? null : keyOf(promptId, completion.id, completion);
      const found = key === null ? undefined : known.get(key);
      if (found) return found;
      const rowId = newId();
      if (key !== null) known.set(key, rowId);
      fresh.push({ ...completion, rowId, promptId });
      return rowId;
    }),
  );
  await tx.$executeRaw`
    INSERT INTO "Completion" ("id", "projectId", "promptId", "origin", "content", "finished", "sourceId", "sourceOrigin",
                              "sourceModel")
    SELECT id, ${projectId}::uuid, prompt_id, 'imported', content, finished, source_id, source_origin, source_model
    FROM unnest(${fresh.map(({ rowId }) => rowId)}::uuid[], ${fresh.map(({ promptId }) => promptId)}::uuid[],
                ${fresh.map(({ content }) => content)}::text[], ${fresh.map(({ finished }) => finished)}::bool[],
                ${fresh.map(({ id }) => id)}::text[], ${fresh.map(({ origin }) => origin)}::text[],
                ${fresh.map(({ model }) => model)}::text[])
         AS new(id, prompt_id, content, finished, source_id, source_origin, source_model)`;
  return ids;
}

const keyOf = (promptId: string, id: string, { content, finished }: { content: string; finished: boolean }) =>
  JSON.stringify([promptId, id, content, finished]);

async function findCompletions(
  tx: Transaction,
  projectId: string,
  lists: readonly { promptId: string; completions: readonly FileCompletion[] }[],
): Promise<Map<string, string>> {
  const named = lists.flatMap(({ completions }) => completions.flatMap(({ id }) => id ?? []));
  const known = new Map<string, string>();
  if (named.length === 0) return known;
  const rows = await tx.$queryRaw<
    { id: string; promptId: string; sourceId: string | null; content: string; finished: boolean }[]
  >`
    SELECT "id", "promptId", "sourceId", "content", "finished" FROM "Completion"
    WHERE "projectId" = ${projectId}::uuid AND "promptId" = ANY(${lists.map(({ promptId }) => promptId)}::uuid[])
      AND ("sourceId" = ANY(${named}::text[]) OR "id" = ANY(${uuidsOf(named)}::uuid[]))
    ORDER BY "id"`;
  for (const { id, promptId, sourceId, ...completion } of rows)
    for (const name of sourceId === null ? [id] : [id, sourceId])
      if (!known.has(keyOf(promptId, name, completion))) known.set(keyOf(promptId, name, completion), id);
  return known;
}
