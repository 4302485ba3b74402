import { csvStream } from '#app/_server/csv.ts';
import { requireOwnPage } from '#app/_server/own-page.ts';
import { answerFile, refuseHead } from '#app/_server/route.ts';
import { auditActor, auditSentence } from '#app/_texts/audit.ts';
import { exportAudit } from '#lib/services/audit/export.ts';
import type { AuditView } from '#lib/services/audit/list.ts';

const columns = [
  'At (UTC)',
  'Who',
  'What',
  'Customer',
  'Action',
  'Actor',
  'Entity',
  'Entity id',
  'Facts',
  'Chain',
  'Number in chain',
];

export { refuseHead as HEAD };

/** The log as it is filtered, all of it, newest first. That it was taken is in it. */
export async function GET(request: Request): Promise<Response> {
  return answerFile(async (ctx) => {
    requireOwnPage(request);
    const given = new URL(request.url).searchParams;
    const one = (name: string) => given.get(name) || undefined;
    const pages = await exportAudit(ctx, {
      tenantId: one('customer'),
      person: one('person'),
      group: one('group') as never,
    });
    return csvStream('holdfast-audit.csv', columns, asRows(pages));
  });
}

async function* asRows(pages: AsyncGenerator<AuditView[]>) {
  for await (const page of pages) yield page.map(asRow);
}

function asRow(entry: AuditView): (string | number)[] {
  return [
    entry.at.toISOString(),
    auditActor(entry),
    auditSentence(entry),
    entry.customerName ?? '',
    entry.action,
    entry.actor,
    entry.entity,
    entry.entityId ?? '',
    JSON.stringify(entry.facts),
    entry.chainId,
    entry.seq,
  ];
}
