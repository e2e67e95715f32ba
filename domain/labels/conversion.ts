import type { LeftOutReason } from "../datasets/ledger";
import type { DatasetRecord } from "../datasets/records";

/** What every kind of label carries into the conversion. Only live labels come here: superseded, withdrawn and excluded ones are sorted out before. */
export interface StoredLabel {
  id: string;
  taskId: string;
  promptId: string;
  annotatorId: string;
  /** The completions of the task, in the task's own order. */
  completionIds: string[];
}

/** What the labels of one task became: `used` and `leftOut` together name each label exactly once. */
export interface Conversion {
  records: DatasetRecord[];
  used: string[];
  leftOut: { labelId: string; reason: LeftOutReason }[];
}
