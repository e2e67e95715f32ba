import { Fault } from "../fault";
import type { Format } from "./format";

/** Reads TRL's files for language modelling: a text without turns. */
export const plainText: Format = {
  name: "language modelling",
  matches: (row) => row.given("text"),
  read(row) {
    const cell = row.take("text");
    if (typeof cell?.value !== "string") throw new Fault("text", "must be text");
    if (cell.value.trim() === "") throw new Fault("text", "is empty");
    return { text: cell.value };
  },
};
