import { describeError, isAppError } from '#lib/core/errors.ts';
import { exitCodeOf, exitCodes, isBadArgument } from './failure.ts';
import type { House } from './house.ts';

export interface Launched {
  /** Aborts on the first Ctrl-C. */
  signal: AbortSignal;
  /** Tells which house to stop at the end. */
  onHouse(house: House): void;
}

/**
 * The frame of every command that starts a house: checks Node, stops everything on Ctrl-C (at once on the
 * second), turns every failure into one line and an exit code. Ends the process.
 */
export async function runLaunched(task: (launched: Launched) => Promise<void>): Promise<never> {
  if (!process.version.startsWith('v24.')) {
    process.stderr.write(
      `Holdfast runs on Node 24, this is ${process.version}. Start it with "npm start" or "npm run demo": they use the Node that npm ci installed.\n`,
    );
    process.exit(exitCodes['wrong-node']);
  }
  const interrupt = new AbortController();
  let house: House | undefined;
  const interrupted = new Promise<never>((_, reject) => {
    interrupt.signal.addEventListener('abort', () => reject(interrupt.signal.reason));
  });
  interrupted.catch(() => {});
  const onSignal = () => {
    if (interrupt.signal.aborted) {
      house?.force();
      process.exit(130);
    }
    process.stdout.write('\nStopping. Ctrl-C again stops at once.\n');
    interrupt.abort(new Error('interrupted'));
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);

  let code = 0;
  const work = task({
    signal: interrupt.signal,
    onHouse: (it) => {
      house = it;
    },
  });
  try {
    await Promise.race([work, interrupted]);
  } catch (err) {
    if (!interrupt.signal.aborted) {
      code = exitCodeOf(err);
      process.stderr.write(`${sentenceOf(err)}\n`);
    }
  }
  // A start that was interrupted halfway ends what it had started before it rejects.
  if (!house) await work.catch(() => {});
  await (house as House | undefined)?.stop();
  process.exit(code || process.exitCode || 0);
}

function sentenceOf(err: unknown): string {
  if (isAppError(err) || isBadArgument(err)) return err.message;
  // What is not one of ours is a defect: then the trace is worth more than a line.
  return (err as Error | undefined)?.stack ?? describeError(err);
}
