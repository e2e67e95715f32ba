import { pino } from "pino";
import { logError } from "./log-error";

/** Writes one JSON line an event to stderr: stdout belongs to what the start script prints for people. */
export const logger = pino(
  {
    level: process.env.TUNELOOP_LOG_LEVEL || "info",
    base: { process: process.env.TUNELOOP_PROCESS ?? "app" },
    serializers: { err: logError },
  },
  pino.destination({ fd: 2, sync: true }),
);
