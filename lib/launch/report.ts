import { formatBytes, formatCount } from '#lib/core/bytes.ts';
import { systemClock } from '#lib/core/clock.ts';

/** Who hears what a start does: the terminal, or nobody in a test. */
export interface Report {
  /** A step that ended well, and how long it took. */
  step(text: string, ms: number): void;
  /** Anything else worth a line. */
  note(text: string): void;
}

export const silentReport: Report = { step: () => {}, note: () => {} };

const width = 64;

/** One line a step on standard output: what, then seconds. */
export const terminalReport: Report = {
  step: (text, ms) => print(`  ${text.padEnd(width)} ${seconds(ms).padStart(7)}`),
  note: (text) => print(text),
};

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** 1234 → "1.2 s". */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Runs a step and reports it when it is done. */
export async function timed<T>(
  report: Report,
  task: () => Promise<T>,
  text: (value: T) => string,
): Promise<T> {
  const start = systemClock.monotonicMs();
  const value = await task();
  report.step(text(value), systemClock.monotonicMs() - start);
  return value;
}

export interface Progress {
  /** Parts of the whole that are done, such as mailboxes. */
  done: number;
  total: number;
  items: number;
  bytes: number;
}

/**
 * A bar that draws over itself on a terminal, and at most one line in ten seconds where the output
 * goes to a file.
 */
export function progressBar(label: string): { show(progress: Progress): void; end(): void } {
  const start = systemClock.monotonicMs();
  const live = process.stdout.isTTY === true;
  let lastLine = start;
  return {
    show({ done, total, items, bytes }) {
      const share = total === 0 ? 0 : Math.min(1, done / total);
      const filled = Math.round(share * 24);
      const bar = `${'█'.repeat(filled)}${'░'.repeat(24 - filled)}`;
      const now = systemClock.monotonicMs();
      const counts = `${done}/${total} mailboxes, ${formatCount(items)} items, ${formatBytes(bytes)}`;
      const text = `  ${label} ${bar} ${counts}, ${seconds(now - start)}`;
      if (live) process.stdout.write(`\r\x1b[2K${text}`);
      else if (now - lastLine > 10_000) {
        lastLine = now;
        print(text);
      }
    },
    end() {
      if (live) process.stdout.write('\r\x1b[2K');
    },
  };
}
