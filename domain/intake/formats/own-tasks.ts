import { MAX_RANKED_COMPLETIONS } from "../../labels/ranking";
import { Fault } from "../fault";
import type { FileKind } from "../file-task";
import type { RowFields } from "../row-fields";
import type { Format } from "./format";
import { FILE_KINDS, readOwnRow } from "./own-row";

/** The least and the most completions with which a task can be shown to people. */
const SHOWN: Record<FileKind, [least: number, most: number]> = {
  comparison: [2, 2],
  ranking: [2, MAX_RANKED_COMPLETIONS],
  rating: [1, 16],
  demonstration: [0, 16],
};

/**
 * The open tasks that the page of tasks exports: a prompt with its completions and the kind of label that is asked for,
 * and no label. Such a row becomes an open task again.
 */
export const ownTasks: Format = {
  name: "Tuneloop's open tasks",
  matches: (row) =>
    !row.has("labelId") &&
    FILE_KINDS.some((kind) => kind === row.peek("kind") && !row.has(kind)) &&
    (row.given("completions") || row.peek("kind") === "demonstration") &&
    row.given("prompt"),
  read(row: RowFields) {
    const { turns, task } = readOwnRow(row);
    const [least, most] = SHOWN[task.kind];
    const count = task.completions.length;
    if (count < least || count > most)
      throw new Fault(
        "completions",
        `a ${task.kind} task shows ${least === most ? least : `${least} to ${most}`} completions, this row has ${count}`,
      );
    if (task.kind !== "demonstration" && new Set(task.completions.map(({ content }) => content)).size < count)
      throw new Fault("completions", "two completions are the same text");
    return { items: [{ prompt: turns, said: { kind: "prompt" } }], task };
  },
};
