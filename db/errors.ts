import { AppError } from '#lib/core/errors.ts';

interface PostgresFailure {
  code?: unknown;
  constraint_name?: unknown;
}

/** The error of the driver under drizzle's, whose own message holds SQL and parameters. */
function driverFailure(err: unknown): PostgresFailure | undefined {
  let current = err;
  for (let depth = 0; depth < 4 && current instanceof Error; depth++) {
    if (current.name === 'PostgresError' || 'errno' in current) return current as PostgresFailure;
    current = current.cause;
  }
  return undefined;
}

/** SQLSTATE, or the system's code when the server was not reached. */
export function sqlState(err: unknown): string | undefined {
  const code = driverFailure(err)?.code;
  return typeof code === 'string' ? code : undefined;
}

const passing = new Set([
  '40001', // serialization failure
  '40P01', // deadlock
  '55P03', // lock not available
  '57014', // statement time-out
  '57P01', // shutting down
  '57P02', // another connection crashed, and all were ended
  '57P03', // starting up
  '08000', // what a pooler says of its server
  '08003',
  '08006',
  '25P03', // idle in a transaction for too long
  '53300', // too many connections
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND', // a name that is being moved to another server
  'EAI_AGAIN',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
]);

/** NUL, for which Postgres has a place in no text and in no JSON. */
const unstorable = new Set(['22021', '22P05']);

/**
 * Errors of Postgres as the rest of Holdfast may see them: without SQL, without values, and
 * without telling whose row was in the way. Anything that is no database error passes unchanged.
 */
export function mapDatabaseError(err: unknown): unknown {
  if (err instanceof AppError) return err;
  const state = sqlState(err);
  if (state === undefined) {
    const isQuery = err instanceof Error && err.name === 'DrizzleQueryError';
    return isQuery ? new AppError('internal', 'The catalogue refused a request.') : err;
  }
  if (state === '53100') {
    return new AppError(
      'internal',
      'The disk that the catalogue is on is full. Nothing was changed. Make room there; it goes on by itself.',
      { retryable: true, retryAfterMs: 60_000, data: { sqlState: state } },
    );
  }
  if (passing.has(state)) {
    return new AppError(
      'internal',
      'The catalogue did not answer. Nothing was changed; try again.',
      {
        retryable: true,
        data: { sqlState: state },
      },
    );
  }
  if (state === '23505') {
    const constraint = driverFailure(err)?.constraint_name;
    return new AppError('conflict', 'Something with these values exists already.', {
      data: { sqlState: state, constraint: typeof constraint === 'string' ? constraint : null },
    });
  }
  if (state === '23503') {
    return new AppError('not-found', 'What this refers to does not exist.', {
      data: { sqlState: state },
    });
  }
  if (unstorable.has(state)) {
    return new AppError('input.invalid', 'This text has characters that cannot be stored.', {
      data: { sqlState: state },
    });
  }
  return new AppError('internal', 'The catalogue refused a request.', {
    data: { sqlState: state },
  });
}
