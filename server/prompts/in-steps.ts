/** The number of rows after which others get their turn. With texts of 4 KB their hashing takes some 20 ms. */
const STEP_ROWS = 200;

/** Cuts rows into steps, between which the process does what else there is to do. */
export async function* inSteps<Row>(rows: readonly Row[]): AsyncGenerator<readonly Row[]> {
  for (let start = 0; start < rows.length; start += STEP_ROWS) {
    yield rows.slice(start, start + STEP_ROWS);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
