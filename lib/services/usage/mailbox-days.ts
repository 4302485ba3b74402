import { and, asc, eq, gte, lt } from 'drizzle-orm';
import type { z } from 'zod';
import { usageMailboxDays } from '#db/schema/usage.ts';
import { type Day, dayOf, type Period, periodBounds } from '#lib/billing/days.ts';
import type { FreeReason, UsageState } from '#lib/billing/observation.ts';
import { requirePermission, requireReach, type ServiceContext } from '../context.ts';
import { notFound, parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { namesOf } from './grid.ts';
import { mailboxDaysInput } from './input.ts';

export interface MailboxDayView {
  day: Day;
  state: UsageState;
  reason: FreeReason | null;
  version: number;
  observedAt: Date;
  /** The run that left the newest good copy as of that day. */
  runId: string | null;
  /** A later row took its place. */
  superseded: boolean;
}

export interface MailboxMonth {
  period: Period;
  tenantId: string;
  subject: string;
  mailboxId: string;
  name: string | null;
  address: string | null;
  days: MailboxDayView[];
}

/** Every row that the ledger has of a mailbox in a month, those that were superseded too. */
export async function mailboxDays(
  ctx: ServiceContext,
  input: z.input<typeof mailboxDaysInput>,
): Promise<MailboxMonth> {
  requirePermission(ctx, 'usage.read');
  const { period, tenantId, subject } = parse(mailboxDaysInput, input);
  requireReach(ctx, { tenantId });
  const { start, end } = periodBounds(period);
  return await withScope(ctx.db, { mspId: ctx.mspId, tenantId }, async (tx) => {
    const rows = await tx
      .select()
      .from(usageMailboxDays)
      .where(
        and(
          eq(usageMailboxDays.mspId, ctx.mspId),
          eq(usageMailboxDays.tenantId, tenantId),
          gte(usageMailboxDays.day, dayOf(start)),
          lt(usageMailboxDays.day, dayOf(end)),
          eq(usageMailboxDays.subject, subject.toLowerCase()),
        ),
      )
      .orderBy(asc(usageMailboxDays.day), asc(usageMailboxDays.version));
    const last = rows.at(-1);
    if (last === undefined) throw notFound();
    const newest = new Map(rows.map((row) => [row.day, row.version]));
    const names = await namesOf(tx, { mspId: ctx.mspId, tenantId }, [last.mailboxId]);
    return {
      period,
      tenantId,
      subject: last.subject,
      mailboxId: last.mailboxId,
      name: names.get(last.mailboxId)?.name ?? null,
      address: names.get(last.mailboxId)?.address ?? null,
      days: rows.map((row) => ({
        day: row.day,
        state: row.state,
        reason: row.reason as FreeReason | null,
        version: row.version,
        observedAt: row.observedAt,
        runId: row.runId,
        superseded: newest.get(row.day) !== row.version,
      })),
    };
  });
}
