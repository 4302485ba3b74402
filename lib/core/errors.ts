/** Every way Holdfast refuses or fails, as far as callers may tell them apart. */
export const errorCodes = [
  'input.invalid',
  'config.invalid',
  'not-found',
  'forbidden',
  'unauthenticated',
  'conflict',
  'expired',
  'too-many',
  'too-broad',
  'consent.missing',
  'consent.refused',
  'credential.invalid',
  'throttled',
  'source.unavailable',
  'source.refused',
  'source.gone',
  'vault.key-wrong',
  'vault.damaged',
  'vault.unavailable',
  'vault.full',
  'lease.lost',
  'launch.failed',
  'internal',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

export interface AppErrorOptions {
  /** True when the same call may succeed later without anybody doing anything. */
  retryable?: boolean;
  /** Wait at least this long before the next attempt. */
  retryAfterMs?: number;
  /** Facts for logs and for the caller; never mail content, never secrets. */
  data?: Record<string, string | number | boolean | null>;
  cause?: unknown;
}

/** By this an error is known, also where this file was loaded twice: Next does it for each of its parts. */
const brand = Symbol.for('holdfast.AppError');

/**
 * The one error that crosses floors. `message` is a sentence for people: what happened, what is
 * safe, what to do. Anything that is not an AppError is a defect, and its message is never shown.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly data: Record<string, string | number | boolean | null>;
  readonly [brand] = true;

  static override [Symbol.hasInstance](this: unknown, value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: kinds that extend this one are told by their own class
    if (this !== AppError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === 'object' && value !== null && brand in value;
  }

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.data = options.data ?? {};
  }
}

export function isAppError(err: unknown, code?: ErrorCode): err is AppError {
  return err instanceof AppError && (code === undefined || err.code === code);
}

/** What a log line may say about an error of any kind. */
export function describeError(err: unknown): string {
  if (isAppError(err)) return `${err.code}: ${err.message}`;
  if (err instanceof Error) return `${err.name}: ${err.message.split('\n')[0]}`;
  return typeof err === 'string' ? err : 'unknown error';
}
