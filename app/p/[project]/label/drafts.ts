/** Unsent work on a task, kept in the browser at each keystroke. */
const keyOf = (taskId: string) => `tuneloop:draft:${taskId}`;

export const readDraft = (taskId: string): string | null =>
  typeof window === "undefined" ? null : window.localStorage.getItem(keyOf(taskId));

export const keepDraft = (taskId: string, content: string): void => window.localStorage.setItem(keyOf(taskId), content);

export const forgetDraft = (taskId: string): void => window.localStorage.removeItem(keyOf(taskId));
