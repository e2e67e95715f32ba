/** The function holds something that a graph cannot: it runs op by op instead. */
export class CannotRecordError extends Error {
  override readonly name = "CannotRecordError";
}

/** A mistake in how a compiled function is written; the message names the line. */
export class CompileError extends Error {
  override readonly name = "CompileError";
}
