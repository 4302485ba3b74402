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

/** Maps with at most `width` calls in flight; keeps order; the first failure stops new calls. */
export async function mapLimited<In, Out>(
  values: readonly In[],
  width: number,
  task: (value: In, index: number) => Promise<Out>,
): Promise<Out[]> {
  const results: Out[] = new Array(values.length);
  let next = 0;
  let failed = false;
  const lane = async () => {
    while (!failed && next < values.length) {
      const index = next++;
      try {
        results[index] = await task(values[index] as In, index);
      } catch (err) {
        failed = true;
        throw err;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, values.length) }, lane));
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
