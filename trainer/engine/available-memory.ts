import os from "node:os";

/** Bytes that this process may still take: Linux counts what its caches would give back, and a container's limit. */
export function availableMemory(): number {
  // In Node from 20.13 on.
  return typeof process.availableMemory === "function" ? process.availableMemory() : os.freemem();
}
