import { and, asc, count, desc, eq, gt, inArray, lt, min, or, type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import { apiKeys } from '#db/schema/api-keys.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { mailboxes } from '#db/schema/mailboxes.ts';
import { members } from '#db/schema/msps.ts';
import { customerPeople } from '#db/schema/people.ts';
import { tenants } from '#db/schema/tenants.ts';
import type { AuditPosition } from './cursor.ts';
import { type AuditGroup, auditGroups } from './groups.ts';
import type { AuditScope } from './reach.ts';

export interface AuditFilter {
  person?: string | undefined;
  group?: AuditGroup | undefined;
  before?: Date | undefined;
  after?: AuditPosition | undefined;
}

const within = ({ mspId, tenantId, customers }: AuditScope) =>
  and(
    eq(auditEvents.mspId, mspId),
    tenantId === null ? undefined : eq(auditEvents.tenantId, tenantId),
    customers === 'all'
      ? undefined
      : customers.length === 0
        ? sql`false`
        : inArray(auditEvents.tenantId, [...customers]),
  );

function chosen(filter: AuditFilter): SQL | undefined {
  const { person, group, before, after } = filter;
  return and(
    person === undefined ? undefined : eq(auditEvents.actor, person),
    group === undefined
      ? undefined
      : inArray(sql`split_part(${auditEvents.action}, '.', 1)`, [...auditGroups[group]]),
    before === undefined ? undefined : lt(auditEvents.at, before),
    after === undefined
      ? undefined
      : sql`(${auditEvents.at}, ${auditEvents.chainId}, ${auditEvents.seq}) < (${after.at.toISOString()}::timestamptz, ${after.chainId}::uuid, ${after.seq}::bigint)`,
  );
}

/** Newest first, with the names that those who look know the actor and the customer by. */
export async function listAuditRows(
  tx: Transaction,
  scope: AuditScope,
  filter: AuditFilter,
  limit: number,
) {
  return await tx
    .select({
      chainId: auditEvents.chainId,
      seq: auditEvents.seq,
      tenantId: auditEvents.tenantId,
      customerName: tenants.name,
      at: auditEvents.at,
      action: auditEvents.action,
      actorKind: auditEvents.actorKind,
      actor: auditEvents.actor,
      actorLabel: sql<
        string | null
      >`coalesce(${members.name}, ${customerPeople.name}, ${apiKeys.name})`,
      entity: auditEvents.entity,
      entityId: auditEvents.entityId,
      facts: auditEvents.facts,
    })
    .from(auditEvents)
    .leftJoin(
      tenants,
      and(eq(tenants.mspId, auditEvents.mspId), eq(tenants.id, auditEvents.tenantId)),
    )
    .leftJoin(
      members,
      and(eq(members.mspId, auditEvents.mspId), eq(members.subject, auditEvents.actor)),
    )
    .leftJoin(
      customerPeople,
      and(
        eq(customerPeople.mspId, auditEvents.mspId),
        eq(customerPeople.tenantId, auditEvents.tenantId),
        eq(customerPeople.subject, auditEvents.actor),
      ),
    )
    .leftJoin(
      apiKeys,
      and(
        eq(apiKeys.mspId, auditEvents.mspId),
        eq(auditEvents.actorKind, 'key'),
        eq(sql`'key:' || ${apiKeys.id}`, auditEvents.actor),
      ),
    )
    .where(and(within(scope), chosen(filter)))
    .orderBy(desc(auditEvents.at), desc(auditEvents.chainId), desc(auditEvents.seq))
    .limit(limit);
}

/** Names of mailboxes by id; those out of reach, or gone, are missing. */
export async function mailboxNames(
  tx: Transaction,
  scope: AuditScope,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .select({ id: mailboxes.id, name: mailboxes.displayName })
    .from(mailboxes)
    .where(
      and(
        eq(mailboxes.mspId, scope.mspId),
        scope.tenantId === null ? undefined : eq(mailboxes.tenantId, scope.tenantId),
        inArray(mailboxes.id, [...ids]),
      ),
    );
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** Everybody who did something, by name, for choosing one. */
export async function listActors(tx: Transaction, scope: AuditScope) {
  const staff = await tx
    .select({ id: members.subject, name: members.name })
    .from(members)
    .where(eq(members.mspId, scope.mspId))
    .orderBy(asc(sql`lower(${members.name})`))
    .limit(1000);
  const people = await tx
    .select({ id: customerPeople.subject, name: customerPeople.name })
    .from(customerPeople)
    .where(
      and(
        eq(customerPeople.mspId, scope.mspId),
        scope.tenantId === null ? undefined : eq(customerPeople.tenantId, scope.tenantId),
      ),
    )
    .orderBy(asc(sql`lower(${customerPeople.name})`))
    .limit(1000);
  return { staff, people };
}

/** How long the log is, and since when. */
export async function measureLog(tx: Transaction, scope: AuditScope) {
  const [row] = await tx
    .select({ entries: count(), since: min(auditEvents.at) })
    .from(auditEvents)
    .where(within(scope));
  return { entries: row?.entries ?? 0, since: row?.since ?? null };
}

/** Links of all chains in reach, chain by chain and each from its start. */
export async function listLinks(
  tx: Transaction,
  scope: AuditScope,
  after: { chainId: string; seq: number } | null,
  limit: number,
) {
  return await tx
    .select()
    .from(auditEvents)
    .where(
      and(
        within(scope),
        after === null
          ? undefined
          : or(
              gt(auditEvents.chainId, after.chainId),
              and(eq(auditEvents.chainId, after.chainId), gt(auditEvents.seq, after.seq)),
            ),
      ),
    )
    .orderBy(asc(auditEvents.chainId), asc(auditEvents.seq))
    .limit(limit);
}

/** A whole chain from its start, for checking it. */
export async function loadChain(tx: Transaction, mspId: string, chainId: string) {
  return await tx
    .select()
    .from(auditEvents)
    .where(and(eq(auditEvents.mspId, mspId), eq(auditEvents.chainId, chainId)))
    .orderBy(auditEvents.seq);
}
