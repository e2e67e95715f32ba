import type { Readable } from "node:stream";

/** A file of the instance's data that is sent to somebody. */
export interface StoredFile {
  name: string;
  sizeBytes: number;
  open: () => Readable;
}

const BLOCK = 512;

/** Computes the length of the archive of these files in that folder, known before the first byte. */
export const tarLength = (folder: string, files: readonly StoredFile[]): number =>
  files.reduce(
    (sum, { name, sizeBytes }) =>
      sum + head(`${folder}/${name}`, sizeBytes).length + Math.ceil(sizeBytes / BLOCK) * BLOCK,
    2 * BLOCK,
  );

/**
 * Writes the files as one tar archive (POSIX ustar), in a folder of the given name, read one after the other while it
 * is sent.
 * @throws Error where a file is not as long as it was said to be: the archive would be broken from there on
 */
export async function* tar(folder: string, files: readonly StoredFile[]): AsyncGenerator<Uint8Array> {
  for (const { name, sizeBytes, open } of files) {
    yield head(`${folder}/${name}`, sizeBytes);
    let sent = 0;
    for await (const chunk of open() as AsyncIterable<Buffer>) {
      sent += chunk.length;
      yield chunk;
    }
    if (sent !== sizeBytes) throw new Error(`${name} has ${sent} bytes, not ${sizeBytes}`);
    yield Buffer.alloc((BLOCK - (sizeBytes % BLOCK)) % BLOCK);
  }
  yield Buffer.alloc(2 * BLOCK);
}

/** Eleven octal digits hold 8 GiB − 1; a greater length is written in base 256, as GNU tar does. */
const OCTAL_LIMIT = 8 ** 11;

/** The header has room for a name of 100 bytes. */
const NAME_BYTES = 100;

/** What stands before a file: its header, and before that, for a longer name, one that holds the name (POSIX pax). */
function head(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) <= NAME_BYTES) return header(name, size, "0");
  const record = Buffer.from(paxRecord("path", name));
  const padding = Buffer.alloc((BLOCK - (record.length % BLOCK)) % BLOCK);
  // A program that knows no pax shows the name's last bytes.
  const short = Buffer.from(name)
    .subarray(-NAME_BYTES)
    .toString("latin1")
    .replaceAll(/[^\x20-\x7e]/g, "_");
  return Buffer.concat([header("PaxHeader", record.length, "x"), record, padding, header(short, size, "0")]);
}

/** A record begins with its own length, the digits of the length included. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

function header(name: string, size: number, type: "0" | "x"): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, "0")}\0`;
  block.write(name, 0);
  block.write(octal(0o644, 7), 100);
  block.write(octal(0, 7), 108); // the files have no owner
  block.write(octal(0, 7), 116);
  if (size < OCTAL_LIMIT) block.write(octal(size, 11), 124);
  else {
    block[124] = 0x80;
    block.writeBigUInt64BE(BigInt(size), 128);
  }
  block.write(octal(0, 11), 136); // the files have no time, so that the same files give the same archive
  block.write("        ", 148); // the checksum counts its own field as spaces
  block.write(type, 156); // 0 is a plain file, x holds more about the next one
  block.write("ustar\0", 257);
  block.write("00", 263);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}
