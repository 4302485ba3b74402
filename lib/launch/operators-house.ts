import { isAbsolute, join, resolve } from 'node:path';
import { readLaunchConfig, readTemporalConfig, type TemporalConfig } from '#lib/core/config.ts';
import { AppError } from '#lib/core/errors.ts';
import { keptAddresses } from './addresses.ts';
import { projectFolder } from './project.ts';

/**
 * The house that a command of the operator's is for: the database of `DATABASE_URL`, with its owner's
 * rights, or the one of a running `npm start`.
 */
export function operatorsHouse(): {
  ownerUrl: string;
  /** Null where nobody says where it answers. */
  temporal: TemporalConfig | null;
} {
  const config = readLaunchConfig();
  const named = config.inherited.DATABASE_URL?.trim();
  if (named) return { ownerUrl: named, temporal: readTemporalConfig(config.inherited) };
  const given = config.dataFolder ?? join(projectFolder, '.data');
  const kept = keptAddresses(isAbsolute(given) ? given : resolve(given));
  if (kept) return { ownerUrl: kept.ownerUrl, temporal: kept.temporal };
  throw new AppError(
    'config.invalid',
    'DATABASE_URL is missing: the address of the catalogue with its owner’s rights.',
  );
}
