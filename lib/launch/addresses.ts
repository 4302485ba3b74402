import { existsSync, readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { TemporalConfig } from '#lib/core/config.ts';
import type { StandInFacts } from './stand-in.ts';
import type { StripeFacts } from './stripe-stand-in.ts';

/** Where the parts of a house answer, for a second command beside the one that runs it. */
export interface Addresses {
  portalUrl: string;
  /** Owner of the catalogue, for the operator's commands and for tests that look behind the curtain. */
  ownerUrl: string;
  /** The address with the rights of the portal. */
  portalDatabaseUrl: string;
  temporal: TemporalConfig;
  /** What the stand-in for Microsoft 365 said of itself; null without one. */
  standIn: StandInFacts | null;
  /** What the stand-in for Stripe said of itself; null without one. */
  stripe: StripeFacts | null;
}

/** Writes `<dataFolder>/house.json`, which nobody else may read: passwords are in it. */
export async function keepAddresses(dataFolder: string, addresses: Addresses): Promise<void> {
  const { portalUrl, ownerUrl, portalDatabaseUrl, temporal, standIn, stripe } = addresses;
  const file = join(dataFolder, 'house.json');
  const handle = await open(`${file}.new`, 'w', 0o600);
  try {
    await handle.writeFile(
      JSON.stringify(
        { portalUrl, ownerUrl, portalDatabaseUrl, temporal, standIn, stripe },
        null,
        2,
      ),
    );
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}

/** Of the house that runs on a data folder, or ran there last; null where none ever did. */
export function keptAddresses(dataFolder: string): Addresses | null {
  const file = join(dataFolder, 'house.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Addresses) : null;
}
