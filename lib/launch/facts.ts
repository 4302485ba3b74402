import { sleep } from '#lib/core/concurrency.ts';
import { LaunchError } from './failure.ts';
import type { Child } from './processes.ts';

/** The one line of JSON by which a stand-in says that it is ready, and what to know of it. */
export async function factsOf(child: Child, name: string, patienceMs: number): Promise<unknown> {
  const patience = new AbortController();
  try {
    const line = await Promise.race([
      new Promise<string>((resolve) => {
        child.onLine((said) => {
          if (said.startsWith('{') && said.includes('"ready"')) resolve(said);
        });
      }),
      child.exited.then(() => Promise.reject(new Error(child.lastWords()))),
      sleep(patienceMs, patience.signal).then(() => {
        throw new LaunchError(
          'failed',
          `${name} is not ready after ${patienceMs / 1000} s. Its log: ${child.logFile}`,
        );
      }),
    ]);
    return JSON.parse(line);
  } finally {
    patience.abort(new Error('not waiting any more'));
  }
}
