import { and, eq, or, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { mailboxLeases } from '#db/schema/mailboxes.ts';

export interface LeaseKey {
  mspId: string;
  tenantId: string;
  mailboxId: string;
}

// Time is the database's throughout: the clocks of workers differ, and a lease that one of them
// believes expired another may still believe held.
const now = sql`now()`;
const inMs = (ms: number) => sql`now() + make_interval(secs => ${ms / 1000}::double precision)`;

const wanted = sql<boolean | null>`(${mailboxLeases.wantedUntil} > now())`;

const ofMailbox = (key: LeaseKey) =>
  and(
    eq(mailboxLeases.mspId, key.mspId),
    eq(mailboxLeases.tenantId, key.tenantId),
    eq(mailboxLeases.mailboxId, key.mailboxId),
  );

/**
 * Takes a lease that is free, expired, or held by this very owner: another attempt of the same
 * story need not wait for the one that died. Every taking raises the epoch.
 * @param urgent takes it whoever else wished for it, and ends the wish; others stand back while a
 * wish stands, though the lease be their own
 * @returns the epoch, or undefined when somebody else holds it or wishes for it
 */
export async function takeLease(
  tx: Transaction,
  key: LeaseKey,
  owner: string,
  leaseMs: number,
  urgent = false,
): Promise<number | undefined> {
  const [row] = await tx
    .insert(mailboxLeases)
    .values({ ...key, owner, epoch: 1, takenAt: now, expiresAt: inMs(leaseMs) })
    .onConflictDoUpdate({
      target: [mailboxLeases.tenantId, mailboxLeases.mailboxId],
      set: {
        owner,
        epoch: sql`${mailboxLeases.epoch} + 1`,
        takenAt: now,
        expiresAt: inMs(leaseMs),
        wantedUntil: null,
      },
      setWhere: and(
        or(sql`${mailboxLeases.expiresAt} <= now()`, eq(mailboxLeases.owner, owner)),
        urgent ? undefined : sql`${wanted} is not true`,
      ),
    })
    .returning({ epoch: mailboxLeases.epoch });
  return row?.epoch;
}

/** Asks the holder to make way, for so long. It is asked again while the one who waits still does. */
export async function wishForLease(tx: Transaction, key: LeaseKey, forMs: number): Promise<void> {
  await tx
    .update(mailboxLeases)
    .set({ wantedUntil: inMs(forMs) })
    .where(ofMailbox(key));
}

/** How long the present holder's lease, or a wish for it, still lasts; 0 where there is neither. */
export async function leaseRemainingMs(
  tx: Transaction,
  key: LeaseKey,
  urgent = false,
): Promise<number> {
  const until = urgent
    ? sql`${mailboxLeases.expiresAt}`
    : sql`greatest(${mailboxLeases.expiresAt}, ${mailboxLeases.wantedUntil})`;
  const [row] = await tx
    .select({
      ms: sql<number>`greatest(0, extract(epoch from ${until} - now()) * 1000)::int`,
    })
    .from(mailboxLeases)
    .where(ofMailbox(key));
  return row?.ms ?? 0;
}

/** @returns whether somebody wishes for it, or undefined when another session has taken over */
export async function renewLease(
  tx: Transaction,
  key: LeaseKey,
  epoch: number,
  leaseMs: number,
): Promise<{ wanted: boolean } | undefined> {
  const rows = await tx
    .update(mailboxLeases)
    .set({ expiresAt: inMs(leaseMs) })
    .where(and(ofMailbox(key), eq(mailboxLeases.epoch, epoch)))
    .returning({ wanted });
  const [row] = rows;
  return row && { wanted: row.wanted === true };
}

/**
 * Is this epoch the newest? The row stays locked against being taken over until the transaction
 * ends, so whatever else the transaction writes is written by the holder.
 */
export async function lockLease(tx: Transaction, key: LeaseKey, epoch: number): Promise<boolean> {
  const rows = await tx
    .select({ epoch: mailboxLeases.epoch })
    .from(mailboxLeases)
    .where(and(ofMailbox(key), eq(mailboxLeases.epoch, epoch)))
    .for('share');
  return rows.length === 1;
}

/** Lets the next one in at once. The row stays, and with it the epoch that fences late writers. */
export async function releaseLease(
  tx: Transaction,
  key: LeaseKey,
  held: { epoch: number } | { owner: string },
): Promise<void> {
  const mine =
    'epoch' in held ? eq(mailboxLeases.epoch, held.epoch) : eq(mailboxLeases.owner, held.owner);
  await tx
    .update(mailboxLeases)
    .set({ expiresAt: now })
    .where(and(ofMailbox(key), mine));
}
