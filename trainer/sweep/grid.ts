import { DomainError } from "@/domain/errors";
import { checkRunConfig, parseRunConfig } from "@/domain/runs/parse-run-config";
import type { RunConfig } from "@/domain/runs/run-config";

/** A key of RUN.json ("beta", "lora.rank") and its values, as they are written on the command line. */
export interface Vary {
  key: string;
  texts: string[];
}

/** One run of a grid. */
export interface Cell {
  /** Name of the cell's folder: `beta=0.1_learningRate=1e-5`. */
  name: string;
  /** The values by key. */
  values: Record<string, CellValue>;
  config: RunConfig;
}

export type CellValue = string | number | boolean;

const invalid = (message: string) => new DomainError("sweep-invalid", message);

/**
 * Reads `KEY=VALUE,VALUE…`.
 * @throws DomainError `sweep-invalid`
 */
export function parseVary(text: string): Vary {
  const [, key, list] = /^([A-Za-z][\w.]*)=(.*)$/.exec(text) ?? [];
  if (!key || list === undefined) throw invalid(`--vary ${text}: it should be KEY=VALUE,VALUE…, as in beta=0.1,0.3`);
  const texts = list.split(",").map((value) => value.trim());
  if (texts.includes("")) throw invalid(`--vary ${text}: ${key}: a value is missing`);
  const twice = texts.find((value, index) => texts.findIndex((other) => same(other, value)) < index);
  if (twice !== undefined) throw invalid(`--vary ${text}: ${key}: ${twice} is given twice`);
  return { key, texts };
}

/**
 * Makes every combination of the values, the last key fastest, each checked as a RUN.json of its own.
 *
 * @param text content of RUN.json
 * @param fileName how that file is called in messages
 * @throws DomainError `run-config-invalid` or `sweep-invalid`, naming file, key and value
 */
export function makeGrid(text: string, fileName: string, varied: readonly Vary[]): { run: RunConfig; cells: Cell[] } {
  if (varied.length === 0) throw invalid("--vary: name at least one key and its values, as in --vary beta=0.1,0.3");
  const twice = varied.find(({ key }, index) => varied.findIndex((other) => other.key === key) < index);
  if (twice) throw invalid(`--vary ${twice.key}: is given twice; one --vary lists all values of a key`);
  const run = parseRunConfig(text, fileName);
  const asked = JSON.parse(text) as Record<string, unknown>;
  const combinations = varied.reduce<[string, string][][]>(
    (some, { key, texts }) =>
      some.flatMap((before) => texts.map((value): [string, string][] => [...before, [key, value]])),
    [[]],
  );
  const cells = combinations.map((combination) => {
    const values = combination.map(([key, value]) => [key, parseValue(value)] as const);
    const where = `${fileName} with ${combination.map((pair) => pair.join("=")).join(", ")}`;
    const config = checkRunConfig(
      values.reduce((input, [key, value]) => replaceKey(input, key, value), asked),
      where,
    );
    return { name: combination.map(folderName).join("_"), values: Object.fromEntries(values), config };
  });
  const alike = cells.find(({ name }, index) => cells.findIndex((other) => other.name === name) < index);
  if (alike) throw invalid(`--vary: two values would share the folder ${alike.name}`);
  return { run, cells };
}

/** Parses a value: numbers, true and false are what they look like; all else is text. */
function parseValue(text: string): CellValue {
  if (text === "true" || text === "false") return text === "true";
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

/** Whether two texts are one value, as `1e-5` and `0.00001` are. */
const same = (a: string, b: string) => parseValue(a) === parseValue(b);

/**
 * Gives a copy of an object with one value changed; "lora.rank" reaches into an object. The check of the configuration
 * reports a wrong value.
 */
function replaceKey(input: Record<string, unknown>, key: string, value: CellValue): Record<string, unknown> {
  const [first = key, ...rest] = key.split(".");
  if (rest.length === 0) return { ...input, [first]: value };
  const inner = input[first];
  const object = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? inner : {};
  return { ...input, [first]: replaceKey(object as Record<string, unknown>, rest.join("."), value) };
}

const folderName = ([key, value]: [string, string]) => `${key}=${value.replace(/[^\w.+-]/g, "-")}`;
