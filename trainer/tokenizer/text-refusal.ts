import { DomainError } from "@/domain/errors";

/** Says why one text can't be written as tokens while others of the same model can. */
export interface TextRefusal {
  kind: "template" | "token";
  /** The reason in the template's own words, or the token that is refused. */
  reason: string;
}

/**
 * Reads a refusal out of an error.
 * @returns null for every other error, which is not about this text alone
 */
export function textRefusalOf(error: unknown): TextRefusal | null {
  if (!(error instanceof DomainError)) return null;
  if (error.code === "chat-template-failed") {
    return { kind: "template", reason: error.message.replace(/^The chat template failed: /, "") };
  }
  return error.code === "token-without-embedding" ? { kind: "token", reason: error.message } : null;
}

/** Runs the code that writes a text, and gives the reason if that text is refused; every other error is thrown on. */
export function orRefusal<Result>(
  write: () => Result,
): { result: Result; refusal: null } | { result: null; refusal: TextRefusal } {
  try {
    return { result: write(), refusal: null };
  } catch (error) {
    const refusal = textRefusalOf(error);
    if (!refusal) throw error;
    return { result: null, refusal };
  }
}

/** Describes the refusal in a sentence that begins with what was refused. */
export function describeRefusal({ kind, reason }: TextRefusal): string {
  return kind === "template" ? `the chat template refuses it: ${reason}` : reason;
}
