import { readFile } from "node:fs/promises";
import path from "node:path";
import { controlTokensAmong } from "@/domain/control-tokens";

/**
 * Reads the special tokens of a model's own tokenizer; null where only the trainer can read it (a hub id, a GGUF), or
 * where its file is damaged, which the trainer says by name when it loads the model.
 *
 * @param model a folder, or a name of the catalogue
 */
export async function baseControlTokens(model: string): Promise<string[] | null> {
  if (!path.isAbsolute(model)) return null;
  const text = await readFile(path.join(model, "tokenizer.json"), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
    throw error;
  });
  const tokenizer = text === null ? null : parseObject(text);
  return tokenizer && Array.isArray(tokenizer.added_tokens) ? controlTokensAmong(tokenizer.added_tokens) : null;
}

function parseObject(text: string): { added_tokens?: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
