import type { DomainError } from "@/domain/errors";
import { invalidFile, unsupportedFile } from "../file-formats/file-errors";
import type { JsonObject } from "../file-formats/json-file";

/** Typed access to one JSON object; every refusal names file and key. */
export class Fields {
  constructor(
    readonly raw: JsonObject,
    readonly file: string,
    private readonly prefix = "",
  ) {}

  invalid(key: string, why: string): DomainError {
    return invalidFile(this.file, `"${this.prefix}${key}" ${why}`);
  }

  unsupported(key: string, value: unknown, hint: string): DomainError {
    return unsupportedFile(this.file, `"${this.prefix}${key}" is ${JSON.stringify(value)}; ${hint}`);
  }

  text(key: string): string {
    const value = this.raw[key];
    if (value === undefined) throw this.invalid(key, "is missing");
    if (typeof value !== "string") throw this.invalid(key, `should be a text, not ${JSON.stringify(value)}`);
    return value;
  }

  positive(key: string, fallback?: number): number {
    const value = this.raw[key] ?? fallback;
    if (value === undefined) throw this.invalid(key, "is missing");
    if (typeof value !== "number" || !Number.isFinite(value) || value <= 0) {
      throw this.invalid(key, `should be a positive number, not ${JSON.stringify(value)}`);
    }
    return value;
  }

  count(key: string, fallback?: number): number {
    const value = this.positive(key, fallback);
    if (!Number.isInteger(value)) throw this.invalid(key, `should be a whole number, not ${value}`);
    return value;
  }

  flag(key: string, fallback: boolean): boolean {
    const value = this.raw[key] ?? fallback;
    if (typeof value !== "boolean") throw this.invalid(key, `should be true or false, not ${JSON.stringify(value)}`);
    return value;
  }

  /**
   * Refuses any other value of a switch of which the maths knows one position only; a missing key means that position.
   * @param alike other names of that position
   */
  mustBe(key: string, expected: string | boolean, alike: readonly string[] = []): void {
    const value = this.raw[key] ?? expected;
    if (value === expected || alike.includes(value as string)) return;
    const hint = `supported is ${JSON.stringify(expected)}; take a model whose config.json has it so, since its weights mean nothing otherwise`;
    throw this.unsupported(key, value, hint);
  }

  /** A token id, a list of them, or null. */
  tokenIds(key: string): number[] {
    const value = this.raw[key] ?? [];
    const ids: unknown[] = Array.isArray(value) ? value : [value];
    return ids.map((id) => {
      if (typeof id !== "number" || !Number.isInteger(id) || id < 0) {
        throw this.invalid(key, `should be a token id or a list of them, not ${JSON.stringify(value)}`);
      }
      return id;
    });
  }
}
