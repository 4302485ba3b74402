import { AppError, isAppError } from '#lib/core/errors.ts';

/** What a start can fail on, with the exit code that scripts may rely on. */
export const exitCodes = {
  failed: 1,
  config: 2,
  'port-busy': 3,
  'binary-missing': 4,
  'disk-full': 5,
  'folder-closed': 6,
  'wrong-node': 7,
  'already-running': 8,
} as const;
export type LaunchProblem = keyof typeof exitCodes;

/** A start that cannot go on, said in one line. */
export class LaunchError extends AppError {
  readonly problem: LaunchProblem;
  constructor(problem: LaunchProblem, message: string, cause?: unknown) {
    super('launch.failed', message, { cause });
    this.name = 'LaunchError';
    this.problem = problem;
  }
}

/**
 * Turns what a part printed or threw into the line a person can act on.
 * @param what the part that did not start, such as "Postgres"
 * @param detail its error, or the last lines of its log
 * @param happened what it did, where it was not the start that failed
 */
export function explainFailure(
  what: string,
  detail: unknown,
  logFile?: string,
  happened = 'did not start',
): LaunchError {
  if (detail instanceof LaunchError) return detail;
  const text = detail instanceof Error ? detail.message : String(detail ?? '');
  const code = (detail as NodeJS.ErrnoException | null)?.code;
  if (
    code === 'ENOSPC' ||
    code === 'EDQUOT' ||
    /No space left on device|disk full|ENOSPC/i.test(text)
  ) {
    return new LaunchError(
      'disk-full',
      `${what} cannot write: the disk is full. Free some space and start again; nothing is lost.`,
      detail,
    );
  }
  if (code === 'EADDRINUSE' || /address already in use/i.test(text)) {
    return new LaunchError('port-busy', `${what} cannot start: its port is taken.`, detail);
  }
  if (isAppError(detail, 'launch.failed')) return new LaunchError('failed', text, detail);
  const reason = text.trim().split('\n').filter(Boolean).slice(-3).join(' | ').slice(0, 400);
  const more = logFile ? ` The whole log: ${logFile}` : '';
  return new LaunchError(
    'failed',
    `${what} ${happened}: ${(reason || 'no reason given').replace(/\.$/, '')}.${more}`,
    detail,
  );
}

/** The exit code an entry point ends with for this error. */
export function exitCodeOf(err: unknown): number {
  if (err instanceof LaunchError) return exitCodes[err.problem];
  const asked = isAppError(err, 'config.invalid') || isBadArgument(err);
  return asked ? exitCodes.config : exitCodes.failed;
}

/** Node's own refusal of an argument on the command line. */
export function isBadArgument(err: unknown): err is Error {
  const code = (err as NodeJS.ErrnoException | null)?.code;
  return err instanceof Error && typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS');
}
