/**
 * A problem with one key of a row, which forbids taking the row. Only `readRow` catches it, and makes it the row's
 * problem.
 */
export class Fault extends Error {
  override readonly name = "Fault";

  /** @param ofFile whether every row of the file has it, so that it is said once */
  constructor(
    readonly field: string | null,
    message: string,
    readonly ofFile = false,
  ) {
    super(message);
  }
}
