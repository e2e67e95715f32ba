/**
 * Makes a queue: what is put into it runs one after the other, in the order of asking. The failure of one is told to
 * whoever asked for it, and does not hold up the next.
 */
export function inTurn(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const next = last.then(task);
    last = next.catch(() => undefined);
    return next;
  };
}
