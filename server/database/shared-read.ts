interface Reads {
  running: Promise<unknown>;
  next: Promise<unknown> | undefined;
}

const reads = new Map<string, Reads>();

/**
 * Reads something that many ask for at once: those who ask while a read is under way share the next one. A read thus always
 * begins after it was asked for, so that nobody gets a state from before, and fifty who ask together cost two reads.
 */
export function sharedRead<Value>(key: string, read: () => Promise<Value>): Promise<Value> {
  const present = reads.get(key);
  if (!present) return begin(key, read);
  const wait = present.running.catch(() => undefined); // whoever asked first hears of the failure
  present.next ??= wait.then(() => begin(key, read));
  return present.next as Promise<Value>;
}

function begin<Value>(key: string, read: () => Promise<Value>): Promise<Value> {
  const own: Reads = { running: Promise.resolve(), next: undefined };
  reads.set(key, own);
  const running = read().finally(() => {
    if (reads.get(key) === own && !own.next) reads.delete(key);
  });
  own.running = running;
  return running;
}
