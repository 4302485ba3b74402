import { systemClock } from './clock.ts';
import { describeError } from './errors.ts';

/** Facts beside a log line. Ids and counts only: no addresses, subjects, tokens or key material. */
export type LogFields = Record<string, string | number | boolean | null | undefined>;

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, err?: unknown, fields?: LogFields): void;
}

function line(level: string, component: string, message: string, fields: LogFields = {}): string {
  return JSON.stringify({
    at: systemClock.now().toISOString(),
    level,
    component,
    message,
    ...fields,
  });
}

/** One JSON object a line on standard error. */
export function createLog(component: string): Log {
  const write = (text: string) => process.stderr.write(`${text}\n`);
  return {
    info: (message, fields) => write(line('info', component, message, fields)),
    warn: (message, fields) => write(line('warn', component, message, fields)),
    error: (message, err, fields) =>
      write(
        line('error', component, message, {
          ...fields,
          reason: err === undefined ? undefined : describeError(err),
        }),
      ),
  };
}

export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };
