import { AppError } from '#lib/core/errors.ts';
import { isId } from '#lib/core/ids.ts';

/** A place in the log; entries of one millisecond are told apart by chain and number. */
export interface AuditPosition {
  at: Date;
  chainId: string;
  seq: number;
}

export function auditCursor({ at, chainId, seq }: AuditPosition): string {
  return `${at.getTime()}.${chainId}.${seq}`;
}

/** @throws AppError `input.invalid` for a text that is no cursor */
export function parseAuditCursor(text: string): AuditPosition {
  const [at, chainId, seq, ...more] = text.split('.');
  const numbers = [at, seq].map((part) => (/^\d{1,15}$/.test(part ?? '') ? Number(part) : -1));
  const moment = new Date(numbers[0]!);
  const valid =
    more.length === 0 &&
    isId(chainId ?? '') &&
    numbers.every((n) => n >= 0) &&
    !Number.isNaN(+moment);
  if (!valid) {
    throw new AppError('input.invalid', 'This is no place in the log. Start at its first page.', {
      data: { field: 'after' },
    });
  }
  return { at: moment, chainId: chainId!, seq: numbers[1]! };
}
