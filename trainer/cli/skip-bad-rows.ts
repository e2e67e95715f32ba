import { Option } from "commander";
import { DomainError, isDomainError } from "@/domain/errors";
import { invalidDataset } from "../data/dataset-source";
import type { IntakeNotes } from "../data/intake-notes";

/** @param instead what is done with such rows */
export const skipBadRowsOption = (instead: string) =>
  new Option("--skip-bad-rows", `leave rows with a fault out, ${instead}, instead of refusing their file`);

/** A row with a fault need not refuse the whole file: adds to such an error how to go on without the row. */
export function sayHowToSkip(error: unknown, isSkipping: boolean): never {
  const isOfRow =
    isDomainError(error) && error.code === "dataset-invalid" && /(:\d+|\[\d+\]): /.test(error.userMessage);
  if (isSkipping || !isOfRow) throw error;
  throw new DomainError(
    error.code,
    `${error.userMessage} (--skip-bad-rows leaves such rows out and counts them)`,
    undefined,
    error,
  );
}

/**
 * Makes something of every line. Where rows with a fault are skipped, a line of which nothing can be made is noted
 * with its place and reason.
 *
 * @throws DomainError `dataset-invalid` for a line with a fault, or where no line is left
 */
export function mapLines<Line extends { at: string }, Made>(
  lines: readonly Line[],
  make: (line: Line) => Made,
  notes: IntakeNotes,
  skipBadRows: boolean,
): { lines: Line[]; made: Made[] } {
  const kept: { line: Line; made: Made }[] = [];
  for (const line of lines) {
    try {
      kept.push({ line, made: make(line) });
    } catch (error) {
      if (!skipBadRows || !isDomainError(error) || error.code !== "dataset-invalid") throw error;
      notes.refuse(line.at, error.userMessage.replace(`${line.at}: `, ""));
    }
  }
  if (skipBadRows && kept.length === 0 && notes.leftOut.length > 0) {
    const [first] = notes.warnings(null).filter(({ field }) => field === "refusedRow");
    throw invalidDataset(`no row is left without a fault. ${first?.message ?? ""}`);
  }
  return { lines: kept.map(({ line }) => line), made: kept.map(({ made }) => made) };
}
