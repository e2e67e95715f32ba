import { type Ledger, LedgerCounter } from "@/domain/datasets/ledger";
import type { Spool } from "../storage/spool";
import type { LedgerEntry } from "./build-records";

const ENTRIES_AT_ONCE = 5_000;

/** The ledger of a version that is being taken: it is put aside, and comes back a page at a time. */
export class KeptLedger {
  private readonly counter = new LedgerCounter();
  private page: LedgerEntry[] = [];
  private pages = 0;

  constructor(private readonly spool: Spool) {}

  async add(entries: readonly LedgerEntry[]): Promise<void> {
    this.counter.add(entries);
    this.page.push(...entries);
    if (this.page.length < ENTRIES_AT_ONCE) return;
    await this.spool.add(`ledger ${this.pages++}`, JSON.stringify(this.page));
    this.page = [];
  }

  sum(): Ledger {
    return this.counter.sum();
  }

  async *entries(): AsyncGenerator<LedgerEntry[], void> {
    for (let page = 0; page < this.pages; page++) yield JSON.parse(await this.spool.read(`ledger ${page}`));
    if (this.page.length > 0) yield this.page;
  }
}
