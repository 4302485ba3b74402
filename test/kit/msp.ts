import { drizzle } from 'drizzle-orm/postgres-js';
import type { ItemKind } from '#db/enums.ts';
import { folders, items, mailboxes, snapshots } from '#db/schema/mailboxes.ts';
import { members, msps } from '#db/schema/msps.ts';
import { policies } from '#db/schema/policies.ts';
import { tenants } from '#db/schema/tenants.ts';
import type { Role } from '#lib/auth/roles.ts';
import { addMs, type Clock } from '#lib/core/clock.ts';
import { newId } from '#lib/core/ids.ts';
import { silentLog } from '#lib/core/log.ts';
import type { PublicContext, ServiceContext } from '#lib/services/context.ts';
import type { Jobs } from '#lib/services/deps.ts';
import { wholeReach } from '#lib/services/reach.ts';
import type { TestDatabase } from './database.ts';

/** A world for one test: an MSP with staff, its customers, their mailboxes. Rows are written from outside. */

export interface TestClock extends Clock {
  advance(ms: number): void;
}

export function createTestClock(start = '2026-11-22T08:00:00.000Z'): TestClock {
  let now = new Date(start);
  return {
    now: () => new Date(now),
    monotonicMs: () => performance.now(),
    advance: (ms) => {
      now = addMs(now, ms);
    },
  };
}

export interface NotedJobs extends Jobs {
  asked: { name: keyof Jobs; input: unknown }[];
  /** Runs when a story of that name is asked for; for the worker's half. */
  on(name: keyof Jobs, act: (input: never) => Promise<void>): void;
}

/** Stories that are noted instead of started. */
export function createNotedJobs(): NotedJobs {
  const asked: NotedJobs['asked'] = [];
  const acts = new Map<string, (input: never) => Promise<void>>();
  const note =
    (name: keyof Jobs) =>
    async (input: unknown): Promise<void> => {
      asked.push({ name, input });
      await acts.get(name)?.(input as never);
    };
  return {
    asked,
    on: (name, act) => acts.set(name, act),
    startConnect: note('startConnect'),
    startBackup: async (input) => {
      await note('startBackup')(input);
      return { workflowId: `backup/${input.tenantId}/${input.policyId}` };
    },
    pauseBackup: note('pauseBackup'),
    resumeBackup: note('resumeBackup'),
    cancelBackup: note('cancelBackup'),
    isRunning: async () => true,
    startPlanRestore: note('startPlanRestore'),
    startRestore: note('startRestore'),
    cancelRestore: note('cancelRestore'),
    startExport: note('startExport'),
    cancelExport: note('cancelExport'),
    startReadItem: note('startReadItem'),
    startAccountDay: note('startAccountDay'),
    startClosePeriod: note('startClosePeriod'),
    startStripeEvent: note('startStripeEvent'),
    startMoveClock: note('startMoveClock'),
    ensureSchedule: note('ensureSchedule'),
    pauseSchedule: note('pauseSchedule'),
  };
}

export interface World {
  mspId: string;
  clock: TestClock;
  jobs: NotedJobs;
  /** A verb's context as a member with this role has it, over the portal's database role. */
  as(role: Role): ServiceContext;
  /** The context of an activity, over the worker's database role. */
  workflow: ServiceContext;
  open: PublicContext;
}

export async function createWorld(db: TestDatabase, name = 'Northwind IT'): Promise<World> {
  const mspId = newId();
  const homeTid = newId();
  const clock = createTestClock();
  const jobs = createNotedJobs();
  const deps = { jobs, log: silentLog };
  const subject = `${homeTid}.${newId()}`;
  const outside = drizzle(db.owner, { casing: 'snake_case' });
  await outside.insert(msps).values({ id: mspId, name, createdAt: clock.now() });
  await outside
    .insert(members)
    .values({ mspId, subject, name: 'Mira Keller', role: 'owner', enrolledAt: clock.now() });
  return {
    mspId,
    clock,
    jobs,
    as: (role) => ({
      mspId,
      actor: { kind: 'user', userId: newId(), subject, role, reach: wholeReach },
      db: db.user,
      clock,
      deps,
    }),
    workflow: {
      mspId,
      actor: { kind: 'workflow', workflowId: 'test' },
      db: db.worker,
      clock,
      deps,
    },
    open: { db: db.user, clock, deps },
  };
}

/** A connected customer with the standard policy. */
export async function createCustomer(
  db: TestDatabase,
  world: World,
  more: Partial<typeof tenants.$inferInsert> = {},
): Promise<{ tenantId: string; policyId: string; entraTid: string }> {
  const tenantId = newId();
  const policyId = newId();
  const entraTid = more.entraTid ?? newId();
  const createdAt = world.clock.now();
  const outside = drizzle(db.owner, { casing: 'snake_case' });
  await outside.insert(tenants).values({
    id: tenantId,
    mspId: world.mspId,
    name: 'Contoso',
    state: 'connected',
    entraTid,
    connectedAt: createdAt,
    createdAt,
    ...more,
  });
  await outside.insert(policies).values({
    mspId: world.mspId,
    tenantId,
    id: policyId,
    name: 'Standard',
    everyMinutes: 360,
    createdAt,
  });
  return { tenantId, policyId, entraTid };
}

export async function createMailbox(
  db: TestDatabase,
  world: World,
  tenantId: string,
  more: Partial<typeof mailboxes.$inferInsert> = {},
): Promise<string> {
  const id = newId();
  const outside = drizzle(db.owner, { casing: 'snake_case' });
  await outside.insert(mailboxes).values({
    mspId: world.mspId,
    tenantId,
    id,
    kind: 'user',
    state: 'protected',
    entraUserId: newId(),
    exchangeId: `MBX:${newId()}`,
    address: 'adele@contoso.example',
    displayName: 'Adele Vance',
    discoveredAt: world.clock.now(),
    ...more,
  });
  return id;
}

export interface VersionInput {
  key: string;
  fromSeq: number;
  toSeq?: number | null;
  folderId?: string;
  kind?: ItemKind;
  subject?: string;
  at?: Date | null;
  card?: object;
}

/** Folder `inbox` and one snapshot for each sequence up to `sequences`, with these item versions. */
export async function fillMailbox(
  db: TestDatabase,
  world: World,
  place: { tenantId: string; mailboxId: string },
  sequences: number,
  versions: VersionInput[],
): Promise<{ itemIds: Map<string, string>; takenAt: Date[] }> {
  const outside = drizzle(db.owner, { casing: 'snake_case' });
  const scope = { mspId: world.mspId, ...place };
  const start = world.clock.now();
  await outside.insert(folders).values({
    ...scope,
    id: newId(),
    sourceId: 'inbox',
    name: 'Posteingang',
    type: 'IPF.Note',
    wellKnown: 'inbox',
    fromSeq: 1,
  });
  const takenAt: Date[] = [];
  for (let sequence = 1; sequence <= sequences; sequence++) {
    takenAt.push(addMs(start, sequence * 60_000));
    await outside.insert(snapshots).values({
      ...scope,
      id: newId(),
      sequence,
      vaultSnapshotId: newId(),
      root: 'root',
      takenAt: takenAt.at(-1)!,
      items: 0,
    });
  }
  const itemIds = new Map<string, string>();
  for (const version of versions) {
    const id = newId();
    itemIds.set(`${version.key}@${version.fromSeq}`, id);
    await outside.insert(items).values({
      ...scope,
      id,
      sourceId: version.key,
      changeKey: 'ck',
      folderId: version.folderId ?? 'inbox',
      kind: version.kind ?? 'message',
      itemClass: 'IPM.Note',
      subject: version.subject ?? version.key,
      sender: 'Ines Berger',
      recipients: 'Adele Vance',
      at: version.at === undefined ? start : version.at,
      bytes: 1000,
      hasAttachments: false,
      card: version.card ?? null,
      categories: [],
      contentId: version.key,
      ref: 'a'.repeat(64),
      fromSeq: version.fromSeq,
      toSeq: version.toSeq ?? null,
    });
  }
  return { itemIds, takenAt };
}
