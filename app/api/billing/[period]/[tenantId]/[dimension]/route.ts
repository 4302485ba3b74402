import { csvStream } from '#app/_server/csv.ts';
import { requireOwnPage } from '#app/_server/own-page.ts';
import { answerFile, refuseHead } from '#app/_server/route.ts';
import type { Dimension } from '#lib/billing/plan.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { type ExplainedLine, explainLine } from '#lib/services/usage/explain-line.ts';

interface Place {
  period: string;
  tenantId: string;
  dimension: string;
}

export { refuseHead as HEAD };

/** The entries of the ledger behind a customer's part of a line: a row for a mailbox and day. */
export async function GET(
  request: Request,
  { params }: { params: Promise<Place> },
): Promise<Response> {
  const place = await params;
  return answerFile(async (ctx) => {
    requireOwnPage(request);
    const first = await page(ctx, place, undefined);
    const name = `holdfast-${place.period}-${first.dimension}.csv`;
    return first.dimension === 'stored-gib'
      ? csvStream(name, ['day_utc', 'stored_bytes', 'mailbox_bytes'], once(storageRows(first)))
      : csvStream(
          name,
          ['exchange_id', 'mailbox', 'address', 'day_utc', 'counted_as', 'reason'],
          mailboxRows(ctx, place, first),
        );
  });
}

const page = (ctx: ServiceContext, place: Place, after: string | undefined) =>
  explainLine(ctx, {
    ...place,
    dimension: place.dimension as Dimension,
    show: 'all',
    after,
    limit: 500,
  });

function storageRows({ days, totals, logical }: ExplainedLine) {
  return days.map((day, index) => [day, totals[index]!, logical?.[index] ?? 0]);
}

async function* once<T>(rows: T): AsyncGenerator<T> {
  yield rows;
}

const words = { p: 'protected', s: 'sealed', f: 'free' } as const;

async function* mailboxRows(ctx: ServiceContext, place: Place, first: ExplainedLine) {
  for (let line = first; ; line = await page(ctx, place, line.after)) {
    yield line.rows.flatMap((row) =>
      row.cells.flatMap((cell, index) => {
        const day = line.days[index]!;
        // What stands on the other line is an entry of that one.
        if (cell === '-' || (cell === 's') !== (line.dimension === 'sealed-mailboxes')) return [];
        return [
          [
            row.subject,
            row.name ?? '',
            row.address ?? '',
            day,
            words[cell],
            row.reasons[day] ?? '',
          ],
        ];
      }),
    );
    if (line.after === null) return;
  }
}
