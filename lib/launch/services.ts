import { type Database, openDatabase } from '#db/client.ts';
import { systemClock } from '#lib/core/clock.ts';
import { silentLog } from '#lib/core/log.ts';
import { createJobs, type JobsClient } from '#lib/jobs/client.ts';
import { type BillingEngine, billingEngine } from '#lib/services/billing/engine.ts';
import type { ConsentSettings } from '#lib/services/connect/consent.ts';
import type { PublicContext, ServiceContext } from '#lib/services/context.ts';
import type { Addresses } from './addresses.ts';

/** The product's verbs, called by the launcher as the portal calls them. */
export interface HouseServices {
  db: Database;
  /** For the little that a demonstration does and the portal may not. */
  ownerUrl: string;
  open: PublicContext;
  consent: ConsentSettings;
  jobs: JobsClient;
  /** Stripe, or what stands in for it; null without either. */
  billing: BillingEngine | null;
  contextFor(mspId: string): ServiceContext;
  close(): Promise<void>;
}

/** Opens the catalogue with the rights of the portal, and a client of Temporal. */
export async function openServices(house: Addresses): Promise<HouseServices> {
  const db = openDatabase(house.portalDatabaseUrl, { connections: 4 });
  const jobs = await createJobs(house.temporal);
  const open: PublicContext = { db, clock: systemClock, deps: { jobs, log: silentLog } };
  const facts = house.standIn;
  return {
    db,
    ownerUrl: house.ownerUrl,
    open,
    jobs,
    billing: billingEngine(house.stripe),
    consent: {
      loginUrl: facts?.loginUrl ?? '',
      graphUrl: facts?.graphUrl ?? '',
      portalUrl: house.portalUrl,
      clientIds: {
        backup: facts?.apps.backup.clientId ?? '',
        restore: facts?.apps.restore.clientId ?? '',
      },
    },
    contextFor: (mspId) => ({ ...open, mspId, actor: { kind: 'system' } }),
    async close() {
      await jobs.close();
      await db.close();
    },
  };
}
