import { sql } from 'drizzle-orm';
import type { Database, Transaction } from '#db/client.ts';
import { mapDatabaseError } from '#db/errors.ts';

/** Whose rows a transaction may see and write. */
export interface DataScope {
  mspId: string;
  /** Null reads all tenants of the MSP and writes only what belongs to the MSP as a whole. */
  tenantId: string | null;
  /** With a customer: reads all of the MSP's besides, for what adds up over them; writes the one. */
  readsFleet?: boolean;
}

async function inContext<T>(
  db: Database,
  settings: Record<string, string>,
  act: (tx: Transaction) => Promise<T>,
): Promise<T> {
  try {
    return await db.transaction(async (tx) => {
      // Local to the transaction: the next borrower of the connection starts with nothing.
      const assignments = Object.entries(settings).map(
        ([name, value]) => sql`set_config(${name}, ${value}, true)`,
      );
      await tx.execute(sql`select ${sql.join(assignments, sql`, `)}`);
      return await act(tx);
    });
  } catch (err) {
    throw mapDatabaseError(err);
  }
}

/**
 * The way to a transaction. Row-level security shows and accepts only rows of the scope; every
 * query names the MSP and tenant all the same.
 */
export function withScope<T>(
  db: Database,
  scope: DataScope,
  act: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return inContext(db, scopeSettings(scope), act);
}

/**
 * Before anybody is a member: sees only where one subject belongs, and whether everybody of its
 * organisation may help themselves.
 * @param subject `tid.oid`, proven by sign-in
 */
export function withSubject<T>(
  db: Database,
  subject: string,
  act: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return inContext(db, subjectSettings(subject), act);
}

/** For somebody who joins: the rows of a scope, and where their subject belongs besides. */
export function withScopeOf<T>(
  db: Database,
  scope: DataScope,
  subject: string,
  act: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return inContext(db, { ...scopeSettings(scope), ...subjectSettings(subject) }, act);
}

/**
 * Reads what all customers of the MSP have, within reach, in a transaction that is about one of them.
 */
export async function acrossCustomers<T>(tx: Transaction, read: () => Promise<T>): Promise<T> {
  const scope = (name: 'msp' | 'tenant') =>
    tx.execute(sql`select set_config('app.scope', ${name}, true)`);
  await scope('msp');
  const found = await read();
  await scope('tenant');
  return found;
}

/** Writes what belongs to one customer in a transaction that is about the MSP as a whole. */
export async function withinCustomer<T>(
  tx: Transaction,
  tenantId: string,
  act: () => Promise<T>,
): Promise<T> {
  const enter = (id: string) => tx.execute(sql`select set_config('app.tenant_id', ${id}, true)`);
  await enter(tenantId);
  const done = await act();
  await enter('');
  return done;
}

/**
 * Of several transactions that count what an actor has under way and then add to it, one at a time:
 * the others wait until it has ended.
 */
export async function lockAllowance(
  tx: Transaction,
  allowance: { mspId: string; actor: string },
): Promise<void> {
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(${`${allowance.mspId} ${allowance.actor}`}, 5))`,
  );
}

/**
 * Reads what an index has in the order that is asked for. Behind row-level security the planner
 * expects next to no rows, and would rather read and sort all of a table than take the first.
 */
export async function inIndexOrder<T>(tx: Transaction, read: () => Promise<T>): Promise<T> {
  const sorting = (on: 'on' | 'off') =>
    tx.execute(sql`select set_config('enable_sort', ${on}, true)`);
  await sorting('off');
  const found = await read();
  await sorting('on');
  return found;
}

function scopeSettings(scope: DataScope): Record<string, string> {
  return {
    'app.msp_id': scope.mspId,
    'app.tenant_id': scope.tenantId ?? '',
    'app.scope': scope.tenantId === null || scope.readsFleet === true ? 'msp' : 'tenant',
    // Lists of the fleet are small, whatever the planner makes of the fences: to call helpers for
    // one takes longer than to read it.
    ...(scope.tenantId === null ? { max_parallel_workers_per_gather: '0' } : {}),
  };
}

/** For the worker, which asks what there is over all MSPs and goes on within each. Reads ids alone. */
export function withOperator<T>(db: Database, act: (tx: Transaction) => Promise<T>): Promise<T> {
  return inContext(db, { 'app.scope': 'operator' }, act);
}

/**
 * For the operator's own commands: with the rights of the catalogue's owner, which no process of the
 * product has. The connection is of somebody who may become it.
 * @param mspId within which MSP; without one the operator's own lists, and who there is
 */
export function withOwner<T>(
  db: Database,
  act: (tx: Transaction) => Promise<T>,
  mspId?: string,
): Promise<T> {
  const scope =
    mspId === undefined ? { 'app.scope': 'operator' } : scopeSettings({ mspId, tenantId: null });
  return inContext(db, { role: 'app_owner', ...scope }, act);
}

function subjectSettings(subject: string): Record<string, string> {
  return { 'app.subject': subject, 'app.organisation': subject.split('.')[0] ?? '' };
}

/**
 * For whoever holds one secret or proven name: the hash of a connect link or of a consent state, the
 * id of an event or of a customer at Stripe. Sees only what that opens.
 */
export function withDoor<T>(
  db: Database,
  hash: string,
  act: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return inContext(db, { 'app.door': hash }, act);
}
