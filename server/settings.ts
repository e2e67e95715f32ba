import path from "node:path";
import { z } from "zod";
import { DomainError } from "@/domain/errors";
import { DEFAULT_MODEL } from "@/domain/runs/run-config";

/** An empty variable counts as one that is not set. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === "" ? undefined : value), schema);

const environmentSchema = z.object({
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, "must begin with postgresql://"),
  NEXTAUTH_SECRET: optional(z.string().min(16, "must have at least 16 characters").optional()),
  NEXTAUTH_URL: optional(z.url().optional()),
  PORT: optional(z.coerce.number().int().min(1).max(65_535).default(3000)),
  TUNELOOP_DATA: optional(z.string().default("./data")),
  TUNELOOP_DEFAULT_MODEL: optional(z.string().default(DEFAULT_MODEL)),
  TUNELOOP_LOG_LEVEL: optional(z.enum(["silent", "error", "warn", "info", "debug"]).default("info")),
});

export interface Settings {
  databaseUrl: string;
  /** Signs sessions. The start script generates and keeps it; only the site needs it. */
  nextAuthSecret: string | undefined;
  /** Where people reach the site, without a slash at the end. */
  siteUrl: string;
  /** Absolute folder of all that the instance owns. */
  dataFolder: string;
  /** The base model that every new project begins with: catalogue name, hub id or folder. */
  defaultModel: string;
  logLevel: "silent" | "error" | "warn" | "info" | "debug";
}

let parsed: Settings | undefined;

/**
 * The environment, parsed once on first use (not on import, so that a build needs none of it).
 * @throws DomainError `settings-invalid`, one line that names every wrong variable
 */
export function settings(): Settings {
  parsed ??= parseSettings(process.env);
  return parsed;
}

export function parseSettings(environment: Record<string, string | undefined>): Settings {
  const result = environmentSchema.safeParse(environment);
  if (!result.success) {
    const problems = result.error.issues.map(({ path: [name], message }) =>
      environment[String(name)] === undefined ? `${String(name)} is not set` : `${String(name)} ${message}`,
    );
    throw new DomainError("settings-invalid", `environment: ${problems.join("; ")}`);
  }
  const values = result.data;
  return {
    databaseUrl: values.DATABASE_URL,
    nextAuthSecret: values.NEXTAUTH_SECRET,
    siteUrl: (values.NEXTAUTH_URL ?? `http://localhost:${values.PORT}`).replace(/\/+$/, ""),
    dataFolder: path.resolve(values.TUNELOOP_DATA),
    defaultModel: values.TUNELOOP_DEFAULT_MODEL,
    logLevel: values.TUNELOOP_LOG_LEVEL,
  };
}
