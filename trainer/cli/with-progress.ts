import { createProgressLine, type ShownProgress } from "./progress-line";
import { stopOnSignals } from "./stop-on-signals";

/**
 * Does the work with its progress on standard error, and ends it on Ctrl-C. `write` takes a line of the result; it
 * clears the live line of progress first, because on a terminal the two share the screen. `note` takes a sentence for
 * standard error.
 */
export async function withProgress<Result>(
  work: (
    options: { signal: AbortSignal; onProgress: (progress: ShownProgress) => void },
    write: (line: string) => void,
    note: (line: string) => void,
  ) => Promise<Result>,
): Promise<Result> {
  const line = createProgressLine(process.stderr);
  const write = (text: string) => {
    line.end();
    process.stdout.write(`${text}\n`);
  };
  const note = (text: string) => {
    line.end();
    process.stderr.write(`note: ${text}\n`);
  };
  try {
    return await stopOnSignals((signal) => work({ signal, onProgress: line.show }, write, note));
  } finally {
    line.end();
  }
}
