import type { WorkerRole } from "./queue";
import { evaluate } from "./queues/evaluate";
import { exportModel } from "./queues/export";
import { generate } from "./queues/generate";
import { importFile } from "./queues/import";
import { inspect } from "./queues/inspect";
import { playground } from "./queues/playground";
import { preview } from "./queues/preview";
import { score } from "./queues/score";
import { train } from "./queues/train";

/** The queues between the site and the trainer's processes, a file each. A new queue is added here and nowhere else. */
export const QUEUES = [
  train,
  generate,
  evaluate,
  score,
  exportModel,
  inspect,
  playground,
  preview,
  importFile,
] as const;

type Queues = (typeof QUEUES)[number];
export type QueueName = Queues["name"];
/** Lists the queues that a process serves; its worker must have a handler for each. */
export type QueueOfRole<Role extends WorkerRole> = Extract<Queues, { role: Role }>["name"];
