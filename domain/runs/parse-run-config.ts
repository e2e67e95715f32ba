import type { z } from "zod";
import { DomainError } from "../errors";
import { configSchemas, METHODS, type RunConfig, runConfigSchema } from "./run-config";

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
    throw invalid(`${fileName}:${lineOfSyntaxError(text, reason)}: not valid JSON (${reason})`, error);
  }
  return checkRunConfig(input, fileName, (path) => lineOfKey(text, path));
}

/** The same for a configuration that is already an object (from the web form or a run's row). */
export function checkRunConfig(
  input: unknown,
  fileName = "run",
  lineOf: (path: PropertyKey[]) => number | undefined = () => undefined,
): RunConfig {
  const place = (path: PropertyKey[]) => {
    const line = lineOf(path);
    return line === undefined ? fileName : `${fileName}:${line}`;
  };
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw invalid(`${place([])}: the run must be an object with the keys method, model and dataset`);
  }
  const method = (input as Record<string, unknown>).method;
  if (!METHODS.some((known) => known === method)) {
    const got = method === undefined ? "it is missing" : `got ${JSON.stringify(method)}`;
    throw invalid(`${place(["method"])}: method must be one of ${METHODS.join(", ")} (${got})`);
  }
  const result = runConfigSchema.safeParse(input);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw invalid(issue ? explain(issue, input, place) : `${fileName}: ${result.error.message}`, result.error);
  }
  const config = result.data;
  if (config.lora && config.adapter) {
    throw invalid(`${place(["lora"])}: lora: goes without "adapter", whose rank and layers come from its own folder`);
  }
  if (config.recomputeEvery !== undefined && !config.gradientCheckpointing) {
    throw invalid(
      `${place(["recomputeEvery"])}: recomputeEvery: no layer is computed twice; it needs gradientCheckpointing`,
    );
  }
  if (config.method === "ppo") return checkPpo(config, place);
  if (config.microBatchSize && config.batchSize && config.microBatchSize > config.batchSize) {
    throw invalid(
      `${place(["microBatchSize"])}: microBatchSize: ${config.microBatchSize} is more than batchSize ${config.batchSize}`,
    );
  }
  if (config.method === "dpo" && config.loss === "robust" && config.labelSmoothing === 0) {
    throw invalid(
      `${place(["labelSmoothing"])}: labelSmoothing: loss "robust" needs the share of flipped labels, above 0`,
    );
  }
  if (config.method === "dpo" && config.loss === "ipo" && config.labelSmoothing > 0) {
    throw invalid(`${place(["labelSmoothing"])}: labelSmoothing: loss "ipo" has none; leave it out`);
  }
  if (config.method === "sft" && !config.completionOnlyLoss && (config.lossOn ?? "everything") !== "everything") {
    throw invalid(
      `${place(["completionOnlyLoss"])}: completionOnlyLoss: false means lossOn "everything", not "${config.lossOn}"; leave one of them out`,
    );
  }
  return config;
}

type Ppo = Extract<RunConfig, { method: "ppo" }>;

function checkPpo(config: Ppo, place: (path: PropertyKey[]) => string): Ppo {
  const refuse = (key: keyof Ppo, message: string) => invalid(`${place([key])}: ${key}: ${message}`);
  const { microBatchSize, minibatchSize, advantageEstimator, samplesPerPrompt } = config;
  if (microBatchSize && minibatchSize && microBatchSize > minibatchSize) {
    throw refuse("microBatchSize", `${microBatchSize} is more than minibatchSize ${minibatchSize}`);
  }
  if (advantageEstimator !== "gae" && samplesPerPrompt === 1) {
    throw refuse("samplesPerPrompt", `${advantageEstimator} compares completions of one prompt; it needs 2 or more`);
  }
  if (config.memoryMode === "adapters" && !config.lora && !config.adapter) {
    throw refuse("memoryMode", '"adapters" shares one frozen base; it needs "lora", or an "adapter" to go on from');
  }
  if (config.lora && config.lora.dropout > 0) {
    const message = "PPO compares a completion's log-probs with those it was sampled with, which a mask would change";
    throw invalid(`${place(["lora", "dropout"])}: lora.dropout: ${message}; leave it at 0`);
  }
  if (config.sftDataset !== undefined && config.sftMixRatio === 0) {
    throw refuse("sftDataset", "nothing of it is mixed in; it needs sftMixRatio above 0");
  }
  if (config.auxiliaryDataset !== undefined && config.auxiliaryCoefficient === 0) {
    throw refuse("auxiliaryDataset", "nothing is learned from it; it needs auxiliaryCoefficient above 0");
  }
  if (config.klLookahead !== undefined && config.klTarget === undefined) {
    throw refuse("klLookahead", "without a target β stays as it is; it needs klTarget");
  }
  if (config.suiteThresholds !== undefined && config.suitesEvery === undefined) {
    throw refuse("suiteThresholds", "no suite is scored; it needs suitesEvery");
  }
  config.rewardFunctions.forEach((reward, index) => {
    if (reward.name !== "regularExpression") return;
    try {
      new RegExp(reward.pattern, reward.flags);
    } catch (error) {
      throw refuse("rewardFunctions", `${index}: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  return config;
}

function explain(issue: z.core.$ZodIssue, input: object, place: (path: PropertyKey[]) => string): string {
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0] ?? "?";
    const path = [...issue.path, key];
    const method = (input as { method: keyof typeof configSchemas }).method;
    const near = nearest(key, Object.keys(configSchemas[method].shape));
    if (method === "orpo" && key === "sftMixRatio") {
      return `${place(path)}: sftMixRatio: method orpo has the likelihood of chosen completions in its loss already; "lambda" weighs its other part`;
    }
    return `${place(path)}: ${path.join(".")}: no such key for method ${method}${near ? ` (did you mean "${near}"?)` : ""}`;
  }
  const value = issue.path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
    input,
  );
  const message = issue.message.replace(/^Invalid input: /, "").replace(/^Too (small|big): /, "");
  const got = value === undefined ? "it is missing" : `got ${JSON.stringify(value)}`;
  return `${place(issue.path)}: ${issue.path.join(".") || "run"}: ${message} (${got})`;
}

/** Line (from 1) on which the key of this path stands. Good enough for objects without repeated names in one object. */
function lineOfKey(text: string, path: PropertyKey[]): number | undefined {
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

function invalid(message: string, cause?: unknown): DomainError {
  return new DomainError("run-config-invalid", message, message, cause);
}
