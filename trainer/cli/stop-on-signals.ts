import os from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The exit status that shells give to a signal: 129 after SIGHUP, 130 after Ctrl-C, 143 after SIGTERM. */
const statusOf = (name: NodeJS.Signals) => 128 + os.constants.signals[name];

/**
 * Lets the first Ctrl-C end the command in good order (a run writes a checkpoint) and the second end the process. A
 * command that the signal stopped leaves the signal's exit status; a command that came to its end all the same
 * succeeded.
 */
export async function stopOnSignals<Result>(command: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  let stoppedBy: NodeJS.Signals | null = null;
  const stop = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(statusOf(name));
    // On a terminal the message overwrites the live line and the ^C that the terminal wrote behind it.
    process.stderr.write(
      `${process.stderr.isTTY ? "\r\u001b[2K" : ""}Stopping. Press Ctrl-C once more to end at once.\n`,
    );
    stoppedBy = name;
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    return await command(controller.signal);
  } catch (error) {
    if (stoppedBy) process.exitCode = statusOf(stoppedBy);
    throw error;
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}
