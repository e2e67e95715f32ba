import { DomainError } from "@/domain/errors";

/** Why one text can't be written as tokens, where others of the same model can. */
export interface TextRefusal {
  kind: "template" | "token";
  /** In the template's own words, or which token it is. */
  reason: string;
}

/** @returns null for every other error, which is not about this text alone */
export function textRefusalOf(error: unknown): TextRefusal | null {
  if (!(error instanceof DomainError)) return null;
  if (error.code === "chat-template-failed") {
    return { kind: "template", reason: error.message.replace(/^The chat template failed: /, "") };
  }
  return error.code === "token-without-embedding" ? { kind: "token", reason: error.message } : null;
}

/** Does what writes a text, or says why that text is refused; every other error goes on its way. */
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

/** The refusal as a sentence that begins with what was refused. */
export function describeRefusal({ kind, reason }: TextRefusal): string {
  return kind === "template" ? `the chat template refuses it: ${reason}` : reason;
}
