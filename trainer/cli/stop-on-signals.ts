const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The first Ctrl-C ends the command in good order (a run writes a checkpoint); the second ends the process. */
export async function stopOnSignals<Result>(command: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write("Stopping; once more to end at once.\n");
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    return await command(controller.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}
