import { InvalidArgumentError } from "commander";

/** Parses the number of an option; commander calls it. */
export function finiteNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("It must be a number.");
  return value;
}

/** Parses a whole number from 0 on. */
export function wholeNumber(text: string): number {
  const value = finiteNumber(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError("It must be a whole number.");
  return value;
}

/** Parses a whole number from 1 on. */
export function count(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError("It must be at least 1.");
  return value;
}

const UNITS: Record<string, number> = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30 };

/** Parses a size such as `5GB`, `500 MiB`, or a number of bytes. */
export function byteSize(text: string): number {
  const [, number = "", unit = "B"] = /^\s*([\d.]+)\s*([a-z]+)?\s*$/i.exec(text) ?? [];
  const bytes = Number(number) * (UNITS[unit.toUpperCase()] ?? Number.NaN);
  if (number === "" || !Number.isFinite(bytes) || bytes < 1) {
    throw new InvalidArgumentError("It must be a size such as 5GB, 500MB or 200KiB.");
  }
  return Math.floor(bytes);
}
