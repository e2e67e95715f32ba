/** The first Ctrl-C ends the command in good order (a run writes a checkpoint); the second ends the process. */
export function stopOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130);
      process.stderr.write("Stopping; once more to end at once.\n");
      controller.abort();
    });
  }
  return controller.signal;
}
