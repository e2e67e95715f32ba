import { promptHash, splitOfHash } from "@/domain/datasets/split";
import type { Message } from "@/domain/messages";
import type { PromptSource } from "@/generated/prisma/client";
import type { Transaction } from "../database/client";
import { newId } from "../database/new-id";
import { textHashOf } from "./prompt-identity";

export interface NewPrompt {
  taskType: string;
  messages: Message[];
  /** The hash of the text as written, where the caller has worked it out already. */
  hash?: string;
}

/**
 * Inserts prompts and their messages, a statement a table: parameters are whole columns, so that 100,000 rows are no
 * more statements than ten. Prompts that the project has already are passed over.
 *
 * @returns how many were inserted
 */
export async function insertPrompts(
  tx: Transaction,
  input: { projectId: string; source: PromptSource; importId: string | null; prompts: readonly NewPrompt[] },
): Promise<number> {
  const rows = input.prompts.map(({ taskType, messages, hash: textHash = textHashOf(messages) }) => {
    const normalizedHash = promptHash(messages);
    return { taskType, messages, id: newId(), textHash, normalizedHash, split: splitOfHash(normalizedHash) };
  });
  const inserted = await tx.$queryRaw<{ id: string }[]>`
    INSERT INTO "Prompt" ("id", "projectId", "taskType", "split", "source", "textHash", "normalizedHash", "importId")
    SELECT id, ${input.projectId}::uuid, task_type, split::"Split", ${input.source}::"PromptSource", text_hash,
           normalized_hash, ${input.importId}::uuid
    FROM unnest(${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => row.taskType)}::text[],
                ${rows.map((row) => row.split)}::text[], ${rows.map((row) => row.textHash)}::text[],
                ${rows.map((row) => row.normalizedHash)}::text[])
         AS new(id, task_type, split, text_hash, normalized_hash)
    ON CONFLICT ("projectId", "textHash") DO NOTHING
    RETURNING "id"`;
  const ids = new Set(inserted.map((row) => row.id));
  const messages = rows
    .filter((row) => ids.has(row.id))
    .flatMap((row) => row.messages.map((message, position) => ({ ...message, position, promptId: row.id })));
  await tx.$executeRaw`
    INSERT INTO "PromptMessage" ("promptId", "position", "role", "content")
    SELECT prompt_id, position, role::"MessageRole", content
    FROM unnest(${messages.map((message) => message.promptId)}::uuid[],
                ${messages.map((message) => message.position)}::int[],
                ${messages.map((message) => message.role)}::text[],
                ${messages.map((message) => message.content)}::text[]) AS new(prompt_id, position, role, content)`;
  return inserted.length;
}
