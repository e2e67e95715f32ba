import os from "node:os";
import path from "node:path";
import { z } from "zod";
import { DomainError } from "@/domain/errors";
import { DEFAULT_MODEL } from "@/domain/runs/run-config";

/** An empty variable counts as one that is not set. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === "" ? undefined : value), schema);

const text = optional(z.string().optional());

const environmentSchema = z.object({
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must begin with postgresql://")
    // The URL is checked here, because the driver's own error would put it, password and all, into the log.
    .refine(
      URL.canParse,
      "is not a valid address; special characters of a password must be percent-encoded, such as %40 for @",
    ),
  NEXTAUTH_SECRET: optional(z.string().min(16, "must have at least 16 characters").optional()),
  NEXTAUTH_URL: optional(z.url().optional()),
  PORT: optional(z.coerce.number().int().min(1).max(65_535).default(3000)),
  TUNELOOP_DATA: optional(z.string().default("./data")),
  TUNELOOP_CACHE: optional(z.string().default(path.join(os.homedir(), ".cache", "tuneloop"))),
  TUNELOOP_MODEL_FOLDERS: text,
  HF_ENDPOINT: optional(z.url().default("https://huggingface.co")),
  HF_TOKEN: text,
  TUNELOOP_DEFAULT_MODEL: optional(z.string().default(DEFAULT_MODEL)),
  TUNELOOP_LOG_LEVEL: optional(z.enum(["silent", "error", "warn", "info", "debug"]).default("info")),
  OIDC_ISSUER: optional(z.url("must be the issuer's address").optional()),
  OIDC_CLIENT_ID: text,
  OIDC_CLIENT_SECRET: text,
  OIDC_NAME: optional(z.string().default("single sign-on")),
  GITHUB_CLIENT_ID: text,
  GITHUB_CLIENT_SECRET: text,
  GOOGLE_CLIENT_ID: text,
  GOOGLE_CLIENT_SECRET: text,
});

/** The credentials by which another service, through which people sign in, knows an instance. */
export interface ProviderSettings {
  clientId: string;
  clientSecret: string;
}

export interface Settings {
  databaseUrl: string;
  /** The secret that signs sessions. The start script generates and keeps it; only the site needs it. */
  nextAuthSecret: string | undefined;
  /** The address where people reach the site, without a slash at the end. */
  siteUrl: string;
  /** The absolute folder of everything that the instance owns. */
  dataFolder: string;
  /** The base model that every new project begins with: catalogue name, hub id or folder. */
  defaultModel: string;
  /** The absolute folders from which admins of projects may add models. */
  modelFolders: string[];
  /** The absolute folder of what can be fetched again. */
  cacheFolder: string;
  /** Where models of the hub come from, and what opens private ones. */
  hub: { endpoint: string; token: string | null };
  logLevel: "silent" | "error" | "warn" | "info" | "debug";
  /** The services through which people may sign in, beside their passwords. */
  signIn: {
    oidc: (ProviderSettings & { issuer: string; name: string }) | null;
    github: ProviderSettings | null;
    google: ProviderSettings | null;
  };
}

let parsed: Settings | undefined;

/**
 * Reads the environment, parsed once on first use (not on import, so that a build needs none of it).
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
    modelFolders: foldersIn(values.TUNELOOP_MODEL_FOLDERS ?? path.join(values.TUNELOOP_DATA, "models")),
    cacheFolder: path.resolve(values.TUNELOOP_CACHE),
    hub: { endpoint: values.HF_ENDPOINT.replace(/\/+$/, ""), token: values.HF_TOKEN ?? null },
    logLevel: values.TUNELOOP_LOG_LEVEL,
    signIn: signInSettings(values),
  };
}

/** Folders are separated as in PATH. One that is not absolute would depend on who reads it. */
function foldersIn(list: string): string[] {
  return list
    .split(path.delimiter)
    .filter(Boolean)
    .map((folder) => path.resolve(folder));
}

function signInSettings(values: z.infer<typeof environmentSchema>): Settings["signIn"] {
  /**
   * Reads a client, where the service is set at all. Half a client is a mistake that would otherwise show at the first
   * sign-in.
   */
  const client = (service: "OIDC" | "GITHUB" | "GOOGLE"): ProviderSettings | null => {
    const clientId = values[`${service}_CLIENT_ID`];
    const clientSecret = values[`${service}_CLIENT_SECRET`];
    if (clientId && clientSecret) return { clientId, clientSecret };
    if (!clientId && !clientSecret) return null;
    const missing = `${service}_CLIENT_${clientId ? "SECRET" : "ID"}`;
    throw new DomainError("settings-invalid", `environment: ${missing} is not set, though the rest of ${service} is`);
  };
  const oidc = client("OIDC");
  const issuer = values.OIDC_ISSUER;
  if ((oidc === null) !== (issuer === undefined)) {
    const missing = oidc ? "OIDC_ISSUER is" : "OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are";
    throw new DomainError("settings-invalid", `environment: ${missing} not set, though the rest of OIDC is`);
  }
  return {
    oidc: oidc && issuer ? { ...oidc, issuer, name: values.OIDC_NAME } : null,
    github: client("GITHUB"),
    google: client("GOOGLE"),
  };
}
