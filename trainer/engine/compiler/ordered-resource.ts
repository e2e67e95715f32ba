import type { GraphValue } from "./graph";

/**
 * Keeps the ops on one resource in the order of the calls: a read follows the last write, and a write follows all reads
 * and writes before it.
 */
export class OrderedResource {
  /** The number of writes so far. */
  version = 0;
  private lastWrite: number | null = null;
  private readsSince: number[] = [];

  constructor(readonly handle: GraphValue) {}

  beforeRead(): number[] {
    return this.lastWrite === null ? [] : [this.lastWrite];
  }

  beforeWrite(): number[] {
    return [...this.beforeRead(), ...this.readsSince];
  }

  /** Whether an op that read the resource since the last write may still use what it read. */
  get isRead(): boolean {
    return this.readsSince.length > 0;
  }

  hasRead(operation: number): void {
    this.readsSince.push(operation);
  }

  hasWritten(operation: number): void {
    this.lastWrite = operation;
    this.readsSince = [];
    this.version++;
  }
}
