import type { GraphValue } from "./graph";

/** Keeps the ops on one resource in the order of the calls: a read follows the last write, a write all before it. */
export class OrderedResource {
  /** How many writes there were. */
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

  /** Whether something may still use what was read since the last write. */
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
