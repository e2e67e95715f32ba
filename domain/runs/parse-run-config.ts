import { z } from "zod";
import { DomainError } from "../errors";
import { isPlace } from "./fields/places";
import { methodOf } from "./methods";
import { type Hyperparameters, METHODS, type Method, type RunConfig } from "./run-config";
import type { ConfigIssue } from "./run-remarks";

/**
 * Reads RUN.json. Every complaint is one line that names file, line and key.
 *
 * @param fileName how the file is called in messages
 * @throws DomainError `run-config-invalid`
 */
export function parseRunConfig(text: string, fileName = "RUN.json"): RunConfig {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `not valid JSON (${reason})`;
    throw invalid(`${fileName}:${lineOfSyntaxError(text, reason)}: ${message}`, [{ path: [], message }], error);
  }
  return checkRunConfig(input, fileName, (path) => lineOfKey(text, path));
}

type LineOf = (path: readonly PropertyKey[]) => number | undefined;

/**
 * Checks a configuration that is an object already, as from a run's row.
 *
 * @throws DomainError `run-config-invalid`, with an issue for every key that is not right
 */
export function checkRunConfig(input: unknown, fileName = "run", lineOf?: LineOf): RunConfig {
  const { lora, adapter } = (input ?? {}) as { lora?: unknown; adapter?: unknown };
  return check(input, { fileName, lineOf, schemaOf: (method) => methodOf(method).schema }, (config: RunConfig) => [
    ...(lora && adapter
      ? [
          {
            path: ["lora"],
            message: 'cannot be combined with "adapter", whose rank and layers come from its own folder',
          },
        ]
      : []),
    ...combined(config, config.adapter !== undefined),
  ]);
}

/**
 * Checks what a person chose, apart from where the model and the data are.
 *
 * @param fromAdapter whether the base is an adapter, which the run goes on training
 * @throws DomainError `run-config-invalid`, with an issue for every key that is not right
 */
export function checkHyperparameters(input: unknown, { fromAdapter }: { fromAdapter: boolean }): Hyperparameters {
  return check(input, { fileName: "run", schemaOf: withoutPlaces }, (config: Hyperparameters) => [
    ...(config.lora && fromAdapter
      ? [
          {
            path: ["lora"],
            message:
              "cannot be combined with a base that is an adapter, because the adapter has its own rank and layers",
          },
        ]
      : []),
    ...combined(config, fromAdapter),
  ]);
}

function withoutPlaces(method: Method): z.ZodObject {
  const { schema } = methodOf(method);
  return z.strictObject(Object.fromEntries(Object.entries(schema.shape).filter(([key]) => !isPlace(key))));
}

/** Lists what is wrong with values that are right one by one, by the rules for all methods and for this one. */
function combined(config: Hyperparameters, fromAdapter: boolean): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  if (config.recomputeEvery !== undefined && !config.gradientCheckpointing) {
    issues.push({
      path: ["recomputeEvery"],
      message: "no layer is computed twice; this key needs gradientCheckpointing",
    });
  }
  return [...issues, ...(methodOf(config.method).findIssues?.(config, { fromAdapter }) ?? [])];
}

/** Refuses with one line about the first thing that is wrong, and with all issues for a page that shows them at their fields. */
function check<Config>(
  input: unknown,
  { fileName, lineOf, schemaOf }: { fileName: string; lineOf?: LineOf; schemaOf: (method: Method) => z.ZodObject },
  findIssues: (config: Config) => ConfigIssue[],
): Config {
  const place = (path: readonly PropertyKey[]) => {
    const line = lineOf?.(path);
    return line === undefined ? fileName : `${fileName}:${line}`;
  };
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    const message = "the run must be an object with the keys method, model and dataset";
    throw invalid(`${place([])}: ${message}`, [{ path: [], message }]);
  }
  const { method } = input as { method?: unknown };
  const known = METHODS.find((one) => one === method);
  if (known === undefined) {
    const got = method === undefined ? "it is missing" : `got ${JSON.stringify(method)}`;
    const message = `must be one of ${METHODS.join(", ")} (${got})`;
    throw invalid(`${place(["method"])}: method ${message}`, [{ path: ["method"], message }]);
  }
  const schema = schemaOf(known);
  const result = schema.safeParse(input);
  const issues = result.success
    ? findIssues(result.data as Config)
    : result.error.issues.flatMap((issue) => explain(issue, input, known, schema));
  const [first] = issues;
  if (first) {
    const key = first.path.join(".") || "run";
    throw invalid(`${place(first.path)}: ${key}: ${first.message}`, issues, result.error);
  }
  return result.data as Config;
}

function explain(issue: z.core.$ZodIssue, input: object, method: Method, schema: z.ZodObject): ConfigIssue[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const near = nearest(key, Object.keys(schema.shape));
      const { foreignKeys, retiredKeys } = methodOf(method);
      const why =
        foreignKeys?.[key] ??
        retiredKeys?.[key] ??
        `no such key for method ${method}${near ? ` (did you mean "${near}"?)` : ""}`;
      return { path: [...keysOf(issue), key], message: why };
    });
  }
  const value = issue.path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
    input,
  );
  const message = issue.message.replace(/^Invalid input: /, "").replace(/^Too (small|big): /, "");
  const got = value === undefined ? "it is missing" : `got ${JSON.stringify(value)}`;
  return [{ path: keysOf(issue), message: `${message} (${got})` }];
}

const keysOf = ({ path }: z.core.$ZodIssue) => path.map((key) => (typeof key === "symbol" ? String(key) : key));

/**
 * Finds the line (counted from 1) on which the key of this path stands. The search expects that no object has a name
 * twice.
 */
function lineOfKey(text: string, path: readonly PropertyKey[]): number | undefined {
  let offset = 0;
  let found: number | undefined;
  for (const key of path) {
    if (typeof key !== "string") continue;
    const match = new RegExp(`${JSON.stringify(key).replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\s*:`).exec(
      text.slice(offset),
    );
    if (!match) break;
    offset += match.index;
    found = text.slice(0, offset).split("\n").length;
  }
  return found;
}

function lineOfSyntaxError(text: string, reason: string): number {
  const position = /position (\d+)/.exec(reason)?.[1];
  return position === undefined ? text.split("\n").length : text.slice(0, Number(position)).split("\n").length;
}

function nearest(key: string, known: string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z]/g, "");
  const ranked = known.map((name) => ({ name, distance: editDistance(plain(key), plain(name)) }));
  ranked.sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= Math.max(1, Math.floor(key.length / 3)) ? best.name : undefined;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, substitution));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

function invalid(line: string, issues: ConfigIssue[], cause?: unknown): DomainError {
  return new DomainError("run-config-invalid", line, line, cause, issues);
}
