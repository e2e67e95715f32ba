import os from "node:os";

/**
 * Bytes that this process may still take. On Linux the figure includes what the caches would give back and respects a
 * container's limit.
 */
export function availableMemory(): number {
  // Node has `availableMemory` from version 20.13 on.
  return typeof process.availableMemory === "function" ? process.availableMemory() : os.freemem();
}
