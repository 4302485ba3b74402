import { AppError } from '#lib/core/errors.ts';

/**
 * The vault answered with bytes that are not what was written. `where` names the object on the
 * target; the sentence says what does not hold. Nothing is ever repaired by overwriting.
 */
export class VaultDamaged extends AppError {
  readonly where: string;

  constructor(where: string, finding: string, cause?: unknown) {
    super(
      'vault.damaged',
      `The vault is damaged at ${where}: ${finding}. Nothing was changed; run verify to see which items are affected.`,
      { data: { where }, cause },
    );
    this.name = 'VaultDamaged';
    this.where = where;
  }
}

/** The key at hand is not the key of this vault. */
export function keyWrong(wanted: string, given: string): AppError {
  return new AppError(
    'vault.key-wrong',
    `This vault was closed with another key (it asks for ${wanted}, the key at hand is ${given}). Nothing was changed; start again with the right key file.`,
    { data: { wanted, given } },
  );
}

/** An error as it crosses from a worker thread. */
export interface PlainError {
  code: AppError['code'];
  message: string;
  where: string | null;
}

export function toPlainError(err: unknown): PlainError {
  if (err instanceof VaultDamaged)
    return { code: err.code, message: err.message, where: err.where };
  if (err instanceof AppError) return { code: err.code, message: err.message, where: null };
  const text = err instanceof Error ? (err.stack ?? err.message) : String(err);
  return { code: 'internal', message: text, where: null };
}

export function fromPlainError(plain: PlainError): AppError {
  return new AppError(plain.code, plain.message, {
    data: plain.where === null ? {} : { where: plain.where },
  });
}
