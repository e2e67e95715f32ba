import { invalidFile, reasonOf } from "./file-errors";
import type { JsonObject } from "./json-file";
import { isJsonObject } from "./json-file";
import { elementCount } from "./tensor-file";

/** The bytes that an element of each type takes in the file. */
export const BYTES_PER_ELEMENT: Record<string, number> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/** The longest header that the format allows; a damaged length is usually far above it. */
export const MAX_HEADER_BYTES = 100_000_000;

export interface TensorEntry {
  name: string;
  dtype: string;
  shape: number[];
  /** Byte offsets relative to the end of the header. */
  begin: number;
  end: number;
}

/**
 * Checks a safetensors header against the number of bytes that follow it: known types, sizes that fit the shapes,
 * and offsets that cover the data exactly once (no overlap, no hole, no byte left over).
 */
export function parseSafetensorsHeader(
  text: string,
  dataBytes: number,
  file: string,
): { entries: TensorEntry[]; metadata: Record<string, string> } {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    throw invalidFile(file, `the header is damaged: not valid JSON (${reasonOf(error)})`, error);
  }
  if (!isJsonObject(header)) throw invalidFile(file, "the header is damaged: not a JSON object");
  const metadata = parseMetadata(header.__metadata__, file);
  const entries = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, value]) => parseEntry(name, value, file))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);

  let covered = 0;
  for (const entry of entries) {
    if (entry.begin < covered) throw invalidFile(file, `tensor ${entry.name}: its bytes overlap another tensor's`);
    if (entry.begin > covered) {
      throw invalidFile(file, `tensor ${entry.name}: starts at ${entry.begin}, but the one before ends at ${covered}`);
    }
    if (entry.end > dataBytes) {
      const missing = entry.end - dataBytes;
      throw invalidFile(file, `tensor ${entry.name}: is cut, the file ends ${missing} bytes too early`);
    }
    covered = entry.end;
  }
  if (covered !== dataBytes)
    throw invalidFile(file, `${dataBytes - covered} bytes after the last tensor belong to none`);
  return { entries, metadata };
}

function parseMetadata(value: unknown, file: string): Record<string, string> {
  const metadata: Record<string, string> = {};
  if (value === undefined) return metadata;
  if (!isJsonObject(value)) throw invalidFile(file, '"__metadata__" should be an object of texts');
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") throw invalidFile(file, `"__metadata__.${key}" should be a text`);
    metadata[key] = text;
  }
  return metadata;
}

function parseEntry(name: string, value: unknown, file: string): TensorEntry {
  const fault = (what: string) => invalidFile(file, `tensor ${name}: ${what}`);
  if (!isJsonObject(value)) throw fault("its header entry is not an object");
  const { dtype, shape, begin, end } = fieldsOf(value, fault);
  const bytes = BYTES_PER_ELEMENT[dtype];
  if (bytes === undefined)
    throw fault(`its type ${dtype} is not supported (${Object.keys(BYTES_PER_ELEMENT).join(", ")})`);
  const expected = elementCount(shape) * bytes;
  if (end - begin !== expected) {
    throw fault(`shape [${shape.join(", ")}] of ${dtype} takes ${expected} bytes, its offsets give ${end - begin}`);
  }
  return { name, dtype, shape, begin, end };
}

function fieldsOf(value: JsonObject, fault: (what: string) => Error) {
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string") throw fault('its "dtype" is missing');
  if (!Array.isArray(shape) || !shape.every(isSize)) throw fault('its "shape" is not a list of sizes');
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    throw fault('its "data_offsets" are not two byte positions');
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end) throw fault(`its "data_offsets" run backwards (${begin} to ${end})`);
  return { dtype, shape, begin, end };
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
