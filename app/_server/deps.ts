import { type Database, openDatabase } from '#db/client.ts';
import { listenForChanges } from '#db/listen.ts';
import type { AuthDeps } from '#lib/auth/nextauth.ts';
import { Strangers } from '#lib/auth/strangers.ts';
import { type Clock, systemClock } from '#lib/core/clock.ts';
import { type PortalConfig, readPortalConfig } from '#lib/core/config.ts';
import { createLog, type Log } from '#lib/core/log.ts';
import { createJobs, type JobsClient } from '#lib/jobs/client.ts';
import { type BillingEngine, billingEngine } from '#lib/services/billing/engine.ts';
import type { ConnectContext } from '#lib/services/connect/consent.ts';
import { ChangeBoard } from '#lib/services/live/board.ts';

/** What the portal's process holds. No Graph credential and no vault key are among it. */
export interface PortalDeps {
  config: PortalConfig;
  db: Database;
  clock: Clock;
  log: Log;
  jobs: JobsClient;
  strangers: Strangers;
  changes: ChangeBoard;
  /** Stripe; null where it is not set up. */
  billing: BillingEngine | null;
}

const home = globalThis as typeof globalThis & { holdfastPortal?: Promise<PortalDeps> };

/** Made at the first request and kept: Next loads this file several times in one process. */
export function portalDeps(): Promise<PortalDeps> {
  home.holdfastPortal ??= makeDeps().catch((err) => {
    home.holdfastPortal = undefined;
    throw err;
  });
  return home.holdfastPortal;
}

async function makeDeps(): Promise<PortalDeps> {
  const config = readPortalConfig();
  return {
    config,
    db: openDatabase(config.databaseUrl),
    clock: systemClock,
    strangers: new Strangers(systemClock),
    log: createLog('portal'),
    jobs: await createJobs(config.temporal),
    billing: billingEngine(config.stripe),
    changes: new ChangeBoard((ears) => listenForChanges(config.databaseUrl, ears)),
  };
}

/** For pages that a browser may open without a membership: it knows the token of a link. */
export async function connectContext(): Promise<ConnectContext> {
  const { config, db, clock, log, jobs } = await portalDeps();
  return {
    db,
    clock,
    deps: { jobs, log },
    consent: {
      loginUrl: config.cloud.loginUrl,
      graphUrl: config.cloud.graphUrl,
      portalUrl: config.portalUrl,
      clientIds: { backup: config.backupClientId, restore: config.restoreClientId },
    },
  };
}

export function authDeps({ config, db, clock, log }: PortalDeps): AuthDeps {
  return {
    db,
    clock,
    log,
    cloud: config.cloud,
    signIn: config.signIn,
    sessionSecret: config.sessionSecret,
    portalUrl: config.portalUrl,
  };
}
