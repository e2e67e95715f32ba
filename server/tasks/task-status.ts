export type TaskStatus = "open" | "done" | "archived";

export function taskStatus(task: { archivedAt: Date | null; completedAt: Date | null }): TaskStatus {
  if (task.archivedAt) return "archived";
  return task.completedAt ? "done" : "open";
}
