import type { z } from "zod";

/** Unsent work on a task, kept in the browser at each keystroke. */
const keyOf = (taskId: string) => `tuneloop:draft:${taskId}`;

export const readDraft = (taskId: string): string | null =>
  typeof window === "undefined" ? null : window.localStorage.getItem(keyOf(taskId));

export const keepDraft = (taskId: string, content: string): void => window.localStorage.setItem(keyOf(taskId), content);

export const forgetDraft = (taskId: string): void => window.localStorage.removeItem(keyOf(taskId));

/** The draft in the page's own words; null where there is none or another version of the page wrote it. */
export function parseDraft<Schema extends z.ZodType>(draft: string | null, schema: Schema): z.infer<Schema> | null {
  if (!draft) return null;
  try {
    const parsed = schema.safeParse(JSON.parse(draft));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
