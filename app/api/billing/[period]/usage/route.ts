import { csvFile } from '#app/_server/csv.ts';
import { requireOwnPage } from '#app/_server/own-page.ts';
import { answerFile, refuseHead } from '#app/_server/route.ts';
import { listUsage } from '#lib/services/usage/list.ts';

export { refuseHead as HEAD };

/** Every customer's days of a month, as the ledger has them. */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ period: string }> },
): Promise<Response> {
  const { period } = await params;
  return answerFile(async (ctx) => {
    requireOwnPage(request);
    const { customers } = await listUsage(ctx, { period });
    return csvFile(`holdfast-usage-${period}.csv`, [
      [
        'customer',
        'client_external_id',
        'tenant_id',
        'day_utc',
        'protected',
        'sealed',
        'free',
        'stored_bytes',
        'mailbox_bytes',
      ],
      ...customers.flatMap(({ name, externalId, tenantId, daily }) =>
        daily.map((row) => [
          name,
          externalId ?? '',
          tenantId,
          row.day,
          row.protected,
          row.sealed,
          row.free,
          row.physicalBytes,
          row.logicalBytes,
        ]),
      ),
    ]);
  });
}
