/** The type of a string among the values of a GGUF's header. */
const STRING = 8;

/**
 * Reads which architecture a GGUF names, from the beginning of the file, where writers put it first. Null where it stands
 * further back, behind values of other types, which the trainer reads; undefined where the bytes are no GGUF's.
 */
export function readGgufArchitecture(bytes: Buffer): string | null | undefined {
  if (bytes.length < 24 || bytes.toString("latin1", 0, 4) !== "GGUF") return undefined;
  let at = 24; // magic, version, number of tensors, number of values
  const text = (): string | null => {
    if (at + 8 > bytes.length) return null;
    const length = Number(bytes.readBigUInt64LE(at));
    at += 8;
    if (length > bytes.length - at) return null;
    at += length;
    return bytes.toString("utf8", at - length, at);
  };
  for (;;) {
    const key = text();
    if (key === null || at + 4 > bytes.length || bytes.readUInt32LE(at) !== STRING) return null;
    at += 4;
    const value = text();
    if (key === "general.architecture") return value;
    if (value === null) return null;
  }
}
