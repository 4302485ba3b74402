/** Runs at most `width` tasks at a time; the rest wait in order. */
export function createLimit(width: number): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: Array<() => void> = [];
  return async (task) => {
    if (running >= width) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}

/**
 * Maps with at most `width` calls in flight; keeps order. The first failure stops new calls and is
 * thrown once those in flight have ended: nothing goes on behind the back of whoever tries again.
 */
export async function mapLimited<In, Out>(
  values: readonly In[],
  width: number,
  task: (value: In, index: number) => Promise<Out>,
): Promise<Out[]> {
  const results: Out[] = new Array(values.length);
  let next = 0;
  let failure: { err: unknown } | undefined;
  const lane = async () => {
    while (failure === undefined && next < values.length) {
      const index = next++;
      try {
        results[index] = await task(values[index] as In, index);
      } catch (err) {
        failure ??= { err };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, values.length) }, lane));
  if (failure !== undefined) throw (failure as { err: unknown }).err;
  return results;
}

/** Resolves after `ms`, or rejects with the signal's reason as soon as it aborts. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
