import { type FileHandle, open } from "node:fs/promises";
import { ROLLOUTS_FILE } from "@/domain/runs/rollouts";

/** The place of an iteration's lines in the file. */
export interface IterationPlace {
  iteration: number;
  /** The number of its first line, from 1. */
  line: number;
  /** The place in bytes. */
  start: number;
  end: number;
}

/**
 * The iterations found so far: the whole lines up to `end`, and the bytes before it, by which a file that was written
 * anew is recognised.
 */
interface RolloutIndex {
  places: IterationPlace[];
  lines: number;
  end: number;
  tail: Buffer;
}

const NEWLINE = 10;
const CHUNK_BYTES = 1 << 20;
/** A row ends with figures of many digits; this many bytes hold a row or more. */
const TAIL_BYTES = 4096;
/** The trainer writes the iteration's number first, so the long row need not be parsed to be passed over. */
const PREFIX_BYTES = 40;
/** The indexes of this many files are remembered, those used last. */
const REMEMBERED = 64;

const remembered = new Map<string, RolloutIndex>();

/**
 * Finds the iterations of a rollout file with their places. The result is remembered: a file that has grown is read
 * from where it ended before, so that following a run costs its new lines alone. A last line that is still being
 * written does not count. Rows that do not name their iteration first are `malformed` with the line.
 */
export async function indexRollouts(file: string, malformed: (line: number) => Error): Promise<IterationPlace[]> {
  const handle = await open(file, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (!handle) return [];
  try {
    const known = remembered.get(file);
    const index = known && (await stillHolds(handle, known)) ? known : emptyIndex();
    const grown = await extend(handle, index, malformed);
    remembered.delete(file);
    remembered.set(file, grown);
    const oldest = remembered.keys().next().value;
    if (remembered.size > REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    return grown.places;
  } finally {
    await handle.close();
  }
}

const emptyIndex = (): RolloutIndex => ({ places: [], lines: 0, end: 0, tail: Buffer.alloc(0) });

/** A run that goes on rewrites its last iterations; equal bytes before the end mean equal rows. */
async function stillHolds(handle: FileHandle, { end, tail }: RolloutIndex): Promise<boolean> {
  const now = Buffer.alloc(tail.length);
  const { bytesRead } = await handle.read(now, 0, tail.length, end - tail.length);
  return bytesRead === tail.length && now.equals(tail);
}

/** Makes the index with the lines after it; the given index stays as it is for whoever reads it meanwhile. */
async function extend(
  handle: FileHandle,
  { places: before, lines: linesBefore, end: from }: RolloutIndex,
  malformed: (line: number) => Error,
): Promise<RolloutIndex> {
  const places = before.map((place) => ({ ...place }));
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let lines = linesBefore;
  let end = from;
  let prefix = "";
  let at = from;
  for (;;) {
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, at);
    if (bytesRead === 0) break;
    const read = chunk.subarray(0, bytesRead);
    for (let begin = 0; begin < bytesRead; ) {
      const newline = read.indexOf(NEWLINE, begin);
      const stop = newline === -1 ? bytesRead : newline;
      if (prefix.length < PREFIX_BYTES)
        prefix += read.toString("latin1", begin, Math.min(stop, begin + PREFIX_BYTES - prefix.length));
      if (newline === -1) break;
      lines += 1;
      if (prefix !== "") add(places, { prefix, line: lines, start: end, end: at + newline + 1, malformed });
      end = at + newline + 1;
      prefix = "";
      begin = newline + 1;
    }
    at += bytesRead;
  }
  const tail = Buffer.alloc(Math.min(end, TAIL_BYTES));
  await handle.read(tail, 0, tail.length, end - tail.length);
  return { places, lines, end, tail };
}

function add(
  places: IterationPlace[],
  row: { prefix: string; line: number; start: number; end: number; malformed: (line: number) => Error },
): void {
  const number = /^\{"iteration":(\d+)[,}]/.exec(row.prefix)?.[1];
  if (number === undefined) throw row.malformed(row.line);
  const iteration = Number(number);
  const last = places.at(-1);
  if (last?.iteration === iteration) last.end = row.end;
  else places.push({ iteration, line: row.line, start: row.start, end: row.end });
}

/** Reads the whole lines of a place, each with its number. */
export async function readPlace(
  file: string,
  { start, end, line }: IterationPlace,
): Promise<{ line: number; text: string }[]> {
  const handle = await open(file, "r");
  try {
    const bytes = Buffer.alloc(end - start);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
    if (bytesRead < bytes.length) throw new Error(`${ROLLOUTS_FILE}: shorter than when its lines were found`);
    return bytes
      .toString("utf8")
      .split("\n")
      .map((text, index) => ({ line: line + index, text }))
      .filter(({ text }) => text !== "");
  } finally {
    await handle.close();
  }
}
