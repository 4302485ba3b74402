import type { Metadata } from 'next';
import { requireContext } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { createWords } from '#app/_ui/words.ts';
import { listMailboxes } from '#lib/services/mailboxes/list.ts';
import { MailboxTable } from '../../parts/mailbox-table.tsx';

export const metadata: Metadata = { title: 'Mailboxes of a customer' };

export default async function MailboxesPage({
  params,
  searchParams,
}: {
  params: Promise<{ tenantId: string }>;
  searchParams: Promise<{ page?: string | string[] }>;
}) {
  const { tenantId } = await params;
  const page = Number((await searchParams).page);
  const mailboxes = await load(listMailboxes(await requireContext(), { tenantId }));
  const { zone, now } = await reading();
  return (
    <div className="px-4 py-4 sm:px-6">
      <MailboxTable
        tenantId={tenantId}
        mailboxes={mailboxes}
        words={createWords(zone, now)}
        page={Number.isInteger(page) && page > 1 ? page : 1}
      />
    </div>
  );
}
