import type { EntraApp, RunState, TenantState } from '#db/enums.ts';

/**
 * What needs a human, worked out of what the catalogue says: one incident for each cause of each
 * customer, however many mailboxes it is about. What nobody can do anything about is none.
 */
export const incidentKinds = [
  'consent-lost',
  'run-failed',
  'mailboxes-failed',
  'late',
  'not-covered',
  'storage-full',
  'billing-held',
  'payment-failed',
  'meter-refused',
  'meter-late',
  'bill-grows',
  'storage-low',
  'leaver',
  'restore-not-approved',
  'link-dead',
  'paused',
] as const;
export type IncidentKind = (typeof incidentKinds)[number];

const waiting: readonly IncidentKind[] = [
  'meter-late',
  'bill-grows',
  'storage-low',
  'leaver',
  'restore-not-approved',
  'link-dead',
  'paused',
];

/** About money: no customer's backups are any the worse for it. */
const ofBilling: readonly IncidentKind[] = [
  'billing-held',
  'payment-failed',
  'meter-refused',
  'meter-late',
  'bill-grows',
];

export function isOfBilling(kind: IncidentKind): boolean {
  return ofBilling.includes(kind);
}

/** Nothing is lost meanwhile. */
export function mayWait(kind: IncidentKind): boolean {
  return waiting.includes(kind);
}

export interface Incident {
  kind: IncidentKind;
  /** Names it within its customers; what staff said to it is kept under this. */
  cause: string;
  canWait: boolean;
  customers: { id: string; name: string }[];
  /** How many mailboxes it is about. */
  mailboxes: number;
  /** Of so many. */
  ofMailboxes: number | null;
  /** The one mailbox, where it is one. */
  mailbox: { id: string; name: string } | null;
  since: Date | null;
  /** Everything up to then is safe; null when nothing has been copied. */
  safeUntil: Date | null;
  /** Why, as a sentence, where the kind does not say it. */
  reason: string | null;
  runId: string | null;
  freeBytes: number | null;
}

/** Mailboxes of a customer that have one cause in common. */
export interface TroubledGroup {
  tenantId: string;
  /** `not-covered`, `first`, or what the last run said. */
  cause: string;
  count: number;
  archives: number;
  /** Of them protected, and without any good copy. */
  never: number;
  oldestGoodAt: Date | null;
  mailboxId: string;
  name: string;
}

export interface LateGroup {
  tenantId: string;
  /** Late, and no cause of their own. */
  late: number;
  /** Without a good copy within the target, for whatever cause. */
  outside: number;
  oldestGoodAt: Date | null;
  mailboxId: string | null;
  name: string | null;
}

export interface CustomerFacts {
  id: string;
  name: string;
  state: TenantState;
  mailboxes: number | null;
  protectedCount: number | null;
  newestGoodAt: Date | null;
  target: number;
  paused: boolean;
  lastRun: { id: string; state: RunState; endedAt: Date | null; reason: string | null } | null;
  openRun: { id: string; trigger: string } | null;
  lostAt: Date | null;
  restoreApproved: boolean;
  storage: { place: string; freeBytes: number } | null;
}

export interface LeaverFacts {
  tenantId: string;
  mailboxId: string;
  name: string;
  sealedAt: Date;
  lastGoodAt: Date | null;
}

export interface DeadLink {
  tenantId: string;
  /** Refused, or over. */
  why: 'refused' | 'expired';
  app: EntraApp;
  /** Why it was refused, as a sentence. */
  refusal: string | null;
  at: Date;
}

export interface FleetFacts {
  now: Date;
  customers: readonly CustomerFacts[];
  troubled: readonly TroubledGroup[];
  late: readonly LateGroup[];
  leavers: readonly LeaverFacts[];
  deadLinks: readonly DeadLink[];
  /** A sentence for what a run says of a mailbox. */
  sentenceOf(cause: string): string;
}

const gib = 1024 ** 3;
/** Below it a busy night fills the target. */
export const storageFullBytes = 5 * gib;
export const storageLowBytes = 20 * gib;

/** A first copy that is going on is onboarding, never an alarm. */
export function isOnboarding(customer: CustomerFacts): boolean {
  return (
    customer.state === 'connected' && customer.newestGoodAt === null && customer.openRun !== null
  );
}

/** In no order: `comparePlaces` gives them one. */
export function workOutIncidents(facts: FleetFacts): Incident[] {
  const found: Incident[] = [];
  const byCustomer = groupBy(facts.troubled);
  const lateOf = new Map(facts.late.map((group) => [group.tenantId, group]));
  for (const customer of facts.customers) {
    const troubled = byCustomer.get(customer.id) ?? [];
    found.push(...ofCustomer(customer, troubled, lateOf.get(customer.id), facts));
  }
  found.push(...ofStorage(facts.customers), ...ofLeavers(facts));
  const known = new Map(facts.customers.map(({ id, name }) => [id, name]));
  for (const link of facts.deadLinks) {
    const name = known.get(link.tenantId);
    if (name === undefined || link.app !== 'backup') continue;
    found.push(
      incident('link-dead', [{ id: link.tenantId, name }], {
        since: link.at,
        reason: link.refusal ?? link.why,
      }),
    );
  }
  return found;
}

/** One of a kind, where nothing else is said of it. */
export function incident(
  kind: IncidentKind,
  customers: Incident['customers'],
  more: Partial<Incident> = {},
): Incident {
  return {
    kind,
    cause: kind,
    canWait: mayWait(kind),
    customers,
    mailboxes: 0,
    ofMailboxes: null,
    mailbox: null,
    since: null,
    safeUntil: null,
    reason: null,
    runId: null,
    freeBytes: null,
    ...more,
  };
}

function ofCustomer(
  customer: CustomerFacts,
  troubled: readonly TroubledGroup[],
  late: LateGroup | undefined,
  facts: FleetFacts,
): Incident[] {
  const { id, name, lastRun } = customer;
  const me = [{ id, name }];
  const all = { ofMailboxes: customer.mailboxes };
  if (customer.state === 'consent-lost') {
    // Whatever else is wrong has this cause until it is mended.
    return [
      incident('consent-lost', me, {
        ...all,
        mailboxes: customer.protectedCount ?? 0,
        since: customer.lostAt,
        safeUntil: customer.newestGoodAt,
        runId: lastRun?.id ?? null,
      }),
    ];
  }
  if (customer.state !== 'connected') return [];
  const found: Incident[] = [];
  const onboarding = isOnboarding(customer);
  const failing = troubled.filter(({ cause }) => cause !== 'not-covered' && cause !== 'first');
  for (const group of failing) {
    found.push(
      incident('mailboxes-failed', me, {
        ...all,
        ...ofGroup(group),
        cause: `mailboxes-failed:${group.cause}`,
        reason: facts.sentenceOf(group.cause),
        runId: lastRun?.id ?? null,
      }),
    );
  }
  const runFailed = lastRun?.state === 'failed' && failing.length === 0;
  if (runFailed) {
    found.push(
      incident('run-failed', me, {
        ...all,
        mailboxes: customer.protectedCount ?? 0,
        since: lastRun.endedAt,
        safeUntil: customer.newestGoodAt,
        reason: lastRun.reason,
        runId: lastRun.id,
      }),
    );
  }
  if (late !== undefined && late.late > 0 && !runFailed) {
    const oldest = late.oldestGoodAt;
    found.push(
      incident(customer.paused ? 'paused' : 'late', me, {
        ...all,
        mailboxes: late.late,
        mailbox: onlyOne(late.late, late),
        since: oldest === null ? null : new Date(oldest.getTime() + customer.target),
        safeUntil: oldest,
        runId: customer.openRun?.id ?? lastRun?.id ?? null,
        reason: customer.openRun === null ? null : 'running',
      }),
    );
  }
  const uncovered = troubled.filter(
    ({ cause }) => cause === 'not-covered' || (cause === 'first' && customer.openRun === null),
  );
  const count = uncovered.reduce((total, group) => total + group.count, 0);
  if (count > 0 && !onboarding && !runFailed) {
    const [first] = uncovered;
    found.push(
      incident('not-covered', me, {
        ...all,
        mailboxes: count,
        mailbox: onlyOne(count, first!),
        reason: uncovered.every((group) => group.archives === group.count) ? 'archive' : null,
        safeUntil: customer.newestGoodAt,
      }),
    );
  }
  if (!customer.restoreApproved) {
    const asked = facts.deadLinks.find((link) => link.tenantId === id && link.app === 'restore');
    found.push(
      incident('restore-not-approved', me, {
        since: asked?.at ?? null,
        reason: asked?.refusal ?? null,
      }),
    );
  }
  return found;
}

function ofGroup(group: TroubledGroup): Partial<Incident> {
  return {
    mailboxes: group.count,
    mailbox: onlyOne(group.count, group),
    since: group.oldestGoodAt,
    safeUntil: group.oldestGoodAt,
  };
}

function onlyOne(
  count: number,
  { mailboxId, name }: { mailboxId: string | null; name: string | null },
): Incident['mailbox'] {
  return count === 1 && mailboxId !== null && name !== null ? { id: mailboxId, name } : null;
}

/** One line for a target, however many customers lie on it. */
function ofStorage(customers: readonly CustomerFacts[]): Incident[] {
  const places = new Map<string, { customers: Incident['customers']; free: number; of: number }>();
  for (const { id, name, storage, mailboxes } of customers) {
    if (storage === null || storage.freeBytes >= storageLowBytes) continue;
    const place = places.get(storage.place) ?? { customers: [], free: storage.freeBytes, of: 0 };
    place.customers.push({ id, name });
    place.free = Math.min(place.free, storage.freeBytes);
    place.of += mailboxes ?? 0;
    places.set(storage.place, place);
  }
  return [...places.values()].map(({ customers: on, free, of }) =>
    incident(free < storageFullBytes ? 'storage-full' : 'storage-low', on, {
      cause: 'storage',
      freeBytes: free,
      mailboxes: of,
    }),
  );
}

function ofLeavers(facts: FleetFacts): Incident[] {
  const names = new Map(facts.customers.map(({ id, name }) => [id, name]));
  return facts.leavers.flatMap((leaver) => {
    const name = names.get(leaver.tenantId);
    if (name === undefined) return [];
    return [
      incident('leaver', [{ id: leaver.tenantId, name }], {
        cause: `leaver:${leaver.mailboxId}`,
        mailboxes: 1,
        mailbox: { id: leaver.mailboxId, name: leaver.name },
        since: leaver.sealedAt,
        safeUntil: leaver.lastGoodAt,
      }),
    ];
  });
}

function groupBy(groups: readonly TroubledGroup[]): Map<string, TroubledGroup[]> {
  const found = new Map<string, TroubledGroup[]>();
  for (const group of groups) {
    const known = found.get(group.tenantId);
    if (known === undefined) found.set(group.tenantId, [group]);
    else known.push(group);
  }
  return found;
}

/** What staff said to an incident. */
export interface Note {
  takenBy: string | null;
  takenAt: Date | null;
  snoozedUntil: Date | null;
  snoozeReason: string | null;
  /** How many mailboxes it was about then. */
  snoozedAt: number | null;
  ticket: string | null;
}

/** Sleeps until its time is over, or until it has become worse. */
export function isAsleep(note: Note | undefined, mailboxes: number, now: Date): boolean {
  return (
    note !== undefined &&
    note.snoozedUntil !== null &&
    note.snoozedUntil > now &&
    mailboxes <= (note.snoozedAt ?? 0)
  );
}
