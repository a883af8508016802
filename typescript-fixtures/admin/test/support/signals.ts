/** A signal whose listeners are counted. */

export interface CountedSignal {
  signal: AbortSignal;
  abort: (reason: Error) => void;
  /** How many listeners it has, and how many it has had at once. */
  listeners: () => { present: number; most: number };
}

export function countedSignal(): CountedSignal {
  const controller = new AbortController();
  const { signal } = controller;
  const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
  let [present, most] = [0, 0];
  signal.addEventListener = ((...values: Parameters<typeof add>) => {
    most = Math.max(most, ++present);
    add(...values);
  }) as typeof add;
  signal.removeEventListener = ((...values: Parameters<typeof remove>) => {
    present -= 1;
    remove(...values);
  }) as typeof remove;
  return { signal, abort: (reason) => controller.abort(reason), listeners: () => ({ present, most }) };
}
