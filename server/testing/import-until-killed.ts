import { performImport } from "../prompts/perform-import";

/**
 * Performs an import up to a row, says so and then waits to be killed, inside the import's transaction:
 * `node --import tsx import-until-killed.ts IMPORT ROWS`.
 */
const [importId = "", until = "0"] = process.argv.slice(2);
await performImport(importId, {
  signal: new AbortController().signal,
  onProgress: async (rows) => {
    if (rows < Number(until)) return;
    console.log(`reached ${rows}`);
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  },
});
