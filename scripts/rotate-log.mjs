import fs from "node:fs";

const MAX_BYTES = 10 * 1024 * 1024;
const KEPT = 3;

/**
 * Keeps a log that another process appends to from growing without end: a large one is copied to `.1` (whose predecessor
 * becomes `.2`, and so on) and emptied in place, since its writer holds it open. What is written in that moment is lost.
 */
export function rotateLog(file, { maxBytes = MAX_BYTES, kept = KEPT } = {}) {
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= maxBytes) return false;
  for (let n = kept - 1; n >= 1; n--)
    if (fs.existsSync(`${file}.${n}`)) fs.renameSync(`${file}.${n}`, `${file}.${n + 1}`);
  fs.copyFileSync(file, `${file}.1`);
  fs.chmodSync(`${file}.1`, 0o600);
  fs.truncateSync(file, 0);
  return true;
}
