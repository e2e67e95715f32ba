import { randomBytes } from "node:crypto";
import { Prisma } from "@/generated/prisma/client";

let lastMilliseconds = 0;
let counter = 0;

/**
 * Makes a UUID of version 7 for rows that are inserted by raw SQL. The ids of one process rise strictly, also within a
 * millisecond, so that rows made together keep their order (RFC 9562, section 6.2, method 1: a counter in rand_a).
 */
export function newId(): string {
  const now = Date.now();
  if (now > lastMilliseconds) {
    lastMilliseconds = now;
    counter = 0;
  } else if (++counter > 0xfff) {
    lastMilliseconds += 1; // the counter is full, so that the next millisecond is borrowed
    counter = 0;
  }
  const bytes = randomBytes(16);
  bytes.writeUIntBE(lastMilliseconds, 0, 6);
  bytes.writeUInt16BE(0x7000 | counter, 6);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/**
 * Makes such an id in SQL for rows that a statement inserts by the thousand. `row` is the row's number in the statement,
 * from 0 or 1: the ids rise with it, and 4,096 rows share a millisecond.
 */
export const newIdOfRow = (row: Prisma.Sql): Prisma.Sql => Prisma.sql`(
  lpad(to_hex(${Date.now()}::bigint + (${row}) / 4096), 12, '0') || '7' || lpad(to_hex((${row}) % 4096), 3, '0')
  || substr(replace(gen_random_uuid()::text, '-', ''), 17))::uuid`;
