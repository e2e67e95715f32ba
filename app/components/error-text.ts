/** What a person reads when a call fails. The server's own sentence where it sent one. */
export function errorText(error: unknown): string {
  if (typeof error !== "object" || error === null) return String(error);
  const data = (error as { data?: unknown }).data;
  if (typeof data === "object" && data !== null) {
    const { userMessage, code } = data as { userMessage?: unknown; code?: unknown };
    if (typeof userMessage === "string" && userMessage) return userMessage;
    if (code === "UNAUTHORIZED") return "You are signed out. Sign in again to continue.";
    if (code === "NOT_FOUND") return "This does not exist, or you do not have access to it.";
    if (code === "FORBIDDEN") return "Only an admin of the project may do this.";
    return "The server failed on this request. The cause is in the server's log.";
  }
  return "The server cannot be reached. It may be starting; try again in a moment.";
}

/** What is wrong line by line or field by field, where the server said so: `line` is that of a file, 0 the file as a whole. */
export function errorIssues(error: unknown): { line?: number; element?: number; field?: string; message: string }[] {
  const data = (error as { data?: { issues?: unknown } } | null)?.data;
  return Array.isArray(data?.issues) ? data.issues : [];
}
