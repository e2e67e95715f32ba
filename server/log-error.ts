import { pino } from "pino";
import { withoutQueryValues } from "./database/error-text";

/** How errors are written into the log: as pino does, but for what a query was called with. */
export function logError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { message, stack, meta, ...rest } = pino.stdSerializers.err(error) as pino.SerializedError & { meta?: unknown };
  const modelName = typeof meta === "object" && meta !== null && "modelName" in meta ? meta.modelName : undefined;
  return {
    ...rest,
    message: withoutQueryValues(message),
    stack: withoutQueryValues(stack),
    // PostgreSQL's own message is in there, with the value that it complains of.
    ...(modelName !== undefined && { meta: { modelName } }),
  };
}
