import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";

const tokenizerSchema = z.object({
  added_tokens: z.array(z.object({ content: z.string(), special: z.boolean().default(false) })),
});
/** Tokens so short that they stand in ordinary text as well. */
const SHORTEST = 3;

/**
 * Reads the special tokens of a model's own tokenizer; null where only the trainer can read it (a hub id, a GGUF).
 *
 * @param model a folder, or a name of the catalogue
 */
export async function baseControlTokens(model: string): Promise<string[] | null> {
  if (!path.isAbsolute(model)) return null;
  const text = await readFile(path.join(model, "tokenizer.json"), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
    throw error;
  });
  const parsed = text === null ? null : tokenizerSchema.safeParse(JSON.parse(text));
  if (!parsed?.success) return null;
  return parsed.data.added_tokens
    .filter(({ content, special }) => special && content.length >= SHORTEST)
    .map(({ content }) => content);
}
