/** Something in a row that forbids taking it, by key. Caught in `readRow` alone, where it becomes the row's problem. */
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
