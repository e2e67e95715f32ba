import { pino } from "pino";
import { withoutQueryValues } from "./database/error-text";

/** Writes errors into the log as pino does, without what a query was called with. */
export function logError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { message, stack, meta, ...rest } = pino.stdSerializers.err(error) as pino.SerializedError & { meta?: unknown };
  const modelName = typeof meta === "object" && meta !== null && "modelName" in meta ? meta.modelName : undefined;
  return {
    ...rest,
    message: withoutQueryValues(message),
    stack: withoutQueryValues(stack),
    // The field holds PostgreSQL's own message, with the value that it complains of.
    ...(modelName !== undefined && { meta: { modelName } }),
  };
}
