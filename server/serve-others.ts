/** So long a computation may hold up everybody else in the same process (milliseconds). */
const AT_A_STRETCH = 20;

/**
 * Makes the pause of one long computation: await it between steps, and the process serves others whenever the
 * computation has held it for a while.
 */
export function pauses(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < AT_A_STRETCH) return undefined;
    return new Promise((resolve) =>
      setImmediate(() => {
        since = performance.now();
        resolve();
      }),
    );
  };
}
