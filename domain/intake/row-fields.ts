/** Tells whether a value says nothing: null, or an empty text, list or object. */
export function hasValue(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

/** A value with its key, for messages. */
export interface Cell {
  field: string;
  value: unknown;
}

/** The keys of a row, with a record of which were read: keys that remain are ignored, and the person is told. */
export class RowFields {
  private readonly read = new Set<string>();
  private readonly inside = new Set<string>();

  constructor(readonly fields: Record<string, unknown>) {}

  /** Tells whether the key is there with a value. */
  has(name: string): boolean {
    return Object.hasOwn(this.fields, name) && hasValue(this.fields[name]);
  }

  /** Tells whether the key is there, even with an empty text. */
  given(name: string): boolean {
    return Object.hasOwn(this.fields, name) && this.fields[name] !== null && this.fields[name] !== undefined;
  }

  peek(name: string): unknown {
    return Object.hasOwn(this.fields, name) ? this.fields[name] : undefined;
  }

  /** Reads a key; null where it is not given. */
  take(name: string): Cell | null {
    this.read.add(name);
    return this.given(name) ? { field: name, value: this.fields[name] } : null;
  }

  /** Reads the first of these keys that has a value. */
  takeFirst(...names: string[]): Cell | null {
    const name = names.find((one) => this.has(one)) ?? names.find((one) => this.given(one));
    return name === undefined ? null : this.take(name);
  }

  isRead(name: string): boolean {
    return this.read.has(name);
  }

  /** Notes something inside a value that is not read, such as `messages[].name`. */
  ignore(path: string): void {
    this.inside.add(path);
  }

  /** Lists the keys with a value that nothing has read. */
  ignored(): string[] {
    const left = Object.keys(this.fields).filter((name) => !this.read.has(name) && hasValue(this.fields[name]));
    return [...left, ...this.inside];
  }
}
