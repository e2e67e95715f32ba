/**
 * Makes a queue whose entries run one after the other, in the order of asking. A failure goes to whoever asked, and
 * does not hold up the next entry.
 */
export function inTurn(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const next = last.then(task);
    last = next.catch(() => undefined);
    return next;
  };
}
