/**
 * A line of a file, or what is wrong with its bytes. `isWhole` is false for a piece of a line that goes on in the next
 * piece.
 */
export type ByteLine = { line: number; text: string; isWhole: boolean } | { line: number; message: string };

type Encoding = "utf-8" | "utf-16le" | "utf-16be";

/**
 * Tells the encoding that the first bytes show: by a byte order mark, or by the zero bytes that UTF-16 has in plain
 * text.
 */
export function encodingOf(head: Uint8Array): { encoding: Encoding; skip: number } {
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: "utf-16le", skip: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: "utf-16be", skip: 2 };
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: "utf-8", skip: 3 };
  if (head[0] !== 0 && head[1] === 0 && head[2] !== 0 && head[3] === 0) return { encoding: "utf-16le", skip: 0 };
  if (head[0] === 0 && head[1] !== 0 && head[2] === 0 && head[3] !== 0) return { encoding: "utf-16be", skip: 0 };
  return { encoding: "utf-8", skip: 0 };
}

/**
 * Cuts a file into lines while it is still bytes, so that a line that is too long or no UTF-8 can be named and the
 * others read all the same. Only LF and CRLF end a line: U+2028 and its like are text.
 */
export class ByteLines {
  private parts: Uint8Array[] = [];
  private length = 0;
  private line = 1;
  private readonly utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  private readonly encoder = new TextEncoder();
  private readonly utf16: TextDecoder | null;
  private skipping = false;

  /**
   * @param limits.pieces whether long lines are handed on in pieces instead of being refused
   * @param limits.keepsCr whether the CR of a CRLF stays at the end of the text: in a table's cell it is part of what
   * somebody wrote
   */
  constructor(
    encoding: Encoding,
    private readonly limits: { maxLineBytes: number; maxLineWords: string; pieces: boolean; keepsCr: boolean },
  ) {
    this.utf16 = encoding === "utf-8" ? null : new TextDecoder(encoding, { ignoreBOM: true });
  }

  push(bytes: Uint8Array): ByteLine[] {
    return this.cut(this.utf16 ? this.encoder.encode(this.utf16.decode(bytes, { stream: true })) : bytes);
  }

  end(): ByteLine[] {
    const rest = this.utf16 ? this.cut(this.encoder.encode(this.utf16.decode())) : [];
    return this.length > 0 ? [...rest, ...this.take(true)] : rest;
  }

  private cut(bytes: Uint8Array): ByteLine[] {
    const lines: ByteLine[] = [];
    let start = 0;
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
      this.add(bytes.subarray(start, end));
      lines.push(...this.take(true));
      this.line += 1;
      start = end + 1;
    }
    this.add(bytes.subarray(start));
    if (this.limits.pieces) {
      if (this.length > this.limits.maxLineBytes) lines.push(...this.take(false));
    } else if (this.length > 16 * this.limits.maxLineBytes) {
      // The reader keeps no more than the length of a line that is refused anyway.
      this.parts = [];
      this.skipping = true;
    }
    return lines;
  }

  private add(bytes: Uint8Array): void {
    if (!this.skipping) this.parts.push(bytes);
    this.length += bytes.length;
  }

  private take(isWhole: boolean): ByteLine[] {
    const { line, length, skipping } = this;
    const content = join(this.parts);
    this.parts = [];
    this.length = 0;
    this.skipping = false;
    if (skipping || (!this.limits.pieces && length > this.limits.maxLineBytes))
      return [{ line, message: this.limits.maxLineWords.replace("{size}", megabytes(length)) }];
    // A piece ends with a whole character; bytes that belong to the next piece wait.
    const whole = isWhole ? content : content.subarray(0, wholeLength(content));
    if (!isWhole) this.add(content.slice(whole.length));
    const isCrLf = isWhole && !this.limits.keepsCr && whole[whole.length - 1] === 13;
    const bytes = isCrLf ? whole.subarray(0, whole.length - 1) : whole;
    const text = this.decode(bytes);
    return [
      text === null
        ? { line, message: `byte ${invalidByte(bytes)} of the line is not UTF-8; save the file as UTF-8` }
        : { line, text, isWhole },
    ];
  }

  private decode(bytes: Uint8Array): string | null {
    try {
      return this.utf8.decode(bytes);
    } catch (error) {
      if (error instanceof TypeError) return null; // TextDecoder throws a TypeError for bytes that are no UTF-8
      throw error;
    }
  }
}

const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MB`;

function join(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Takes off a UTF-8 character that is cut at the end of the bytes. */
function wholeLength(bytes: Uint8Array): number {
  let start = bytes.length - 1;
  while (start > 0 && start > bytes.length - 4 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  const first = bytes[start] ?? 0;
  const expected = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  return start + expected > bytes.length ? start : bytes.length;
}

/** Finds the first byte that a repair would change, counted from 1. */
function invalidByte(content: Uint8Array): number {
  const repaired = new TextEncoder().encode(new TextDecoder().decode(content));
  let index = 0;
  while (index < content.length && content[index] === repaired[index]) index++;
  return index + 1;
}
