import { type Ledger, LedgerCounter } from "@/domain/datasets/ledger";
import type { RecordKind } from "@/domain/datasets/records";
import type { BuiltRecords } from "./build-records";

export interface SplitCounts {
  train: number;
  validation: number;
}

/** The yield of the labels: the ledger, and the records by kind and split. */
export interface RecordCounts extends Ledger {
  pairs: SplitCounts;
  demonstrations: SplitCounts;
  unpaired: SplitCounts;
  /** The number of distinct prompts over all kinds of records. */
  prompts: SplitCounts;
  /** The number of desirable ones among the unpaired records that are trained on. */
  desirable: number;
}

/** Counts records and labels as they go by. */
export class RecordCounter {
  private readonly ledger = new LedgerCounter();
  private readonly kinds: Record<RecordKind, SplitCounts> = {
    preference: { train: 0, validation: 0 },
    demonstration: { train: 0, validation: 0 },
    unpaired: { train: 0, validation: 0 },
  };
  /** Each prompt is on one side alone, because the split goes by its text. */
  private readonly prompts = { train: new Set<string>(), validation: new Set<string>() };
  private readonly types = new Map<string, number>();
  private desirable = 0;

  add({ records, ledger }: BuiltRecords): void {
    this.ledger.add(ledger);
    for (const record of records) {
      const { kind, split, promptId, taskType } = record;
      this.kinds[kind][split] += 1;
      this.prompts[split].add(promptId);
      this.types.set(taskType, (this.types.get(taskType) ?? 0) + 1);
      if (kind === "unpaired" && split === "train" && record.desirable) this.desirable += 1;
    }
  }

  counts(): RecordCounts {
    const { preference, demonstration, unpaired } = this.kinds;
    return {
      ...this.ledger.sum(),
      pairs: preference,
      demonstrations: demonstration,
      unpaired,
      prompts: { train: this.prompts.train.size, validation: this.prompts.validation.size },
      desirable: this.desirable,
    };
  }

  /** The records by their prompt's task type, most frequent first. */
  taskTypes(): { name: string; count: number }[] {
    return [...this.types]
      .map(([name, count]) => ({ name, count }))
      .sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));
  }
}
