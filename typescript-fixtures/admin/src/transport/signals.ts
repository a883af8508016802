/** One listener on each signal, however many calls it can end: more than ten would make Node warn of a leak. */

interface Watched {
  callbacks: Set<() => void>;
  tell: () => void;
}

const watched = new WeakMap<AbortSignal, Watched>();

/** Throws the signal's reason if it is aborted already. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw signal.reason;
  }
}

/** Calls a function when a signal is aborted, at once if it is already; until then the returned function prevents it. */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (signal === undefined) {
    return () => undefined;
  }
  if (signal.aborted) {
    queueMicrotask(callback); // it tells nobody any more
    return () => undefined;
  }
  const { callbacks, tell } = watched.get(signal) ?? listenTo(signal);
  callbacks.add(callback);
  return () => {
    if (callbacks.delete(callback) && callbacks.size === 0) {
      signal.removeEventListener("abort", tell);
      watched.delete(signal);
    }
  };
}

function listenTo(signal: AbortSignal): Watched {
  const callbacks = new Set<() => void>();
  const tell = (): void => {
    for (const callback of [...callbacks]) {
      callback();
    }
  };
  const entry = { callbacks, tell };
  watched.set(signal, entry);
  signal.addEventListener("abort", tell, { once: true });
  return entry;
}

/** What a promise settles with, unless the signal is aborted first. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) {
    return promise;
  }
  return new Promise((resolve, reject) => {
    const stop = onAbort(signal, () => reject(signal.reason));
    promise.then(resolve, reject).finally(stop);
  });
}
