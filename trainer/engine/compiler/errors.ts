/** Says that a function holds something that a graph cannot hold; the function runs op by op instead. */
export class CannotRecordError extends Error {
  override readonly name = "CannotRecordError";
}

/** A mistake in how a compiled function is written; the message names the line. */
export class CompileError extends Error {
  override readonly name = "CompileError";
}

/** TensorFlow's message without the binding's preamble and its dump of the node. */
export function tensorflowMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message
    .replace(/^Invalid TF_Status: \d+\s*Message: /, "")
    .replace(/\{\{function_node [^}]*\}\} ?/g, "")
    .replace(/ for '\{\{node.*$/s, "");
}
