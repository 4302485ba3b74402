import type { Metadata } from 'next';
import { requireContext } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { customerTexts } from '#app/_texts/customer.ts';
import type { MailboxesList } from '#app/paths.ts';
import { listMailboxes } from '#lib/services/mailboxes/list.ts';
import { mailboxShows } from '#lib/services/mailboxes/rules.ts';
import { MailboxTable } from '../../parts/mailbox-table.tsx';

export const metadata: Metadata = { title: customerTexts.titles.mailboxes };

export default async function MailboxesPage({
  params,
  searchParams,
}: {
  params: Promise<{ tenantId: string }>;
  searchParams: Promise<Partial<Record<keyof MailboxesList, string | string[]>>>;
}) {
  const { tenantId } = await params;
  const list = readList(await searchParams);
  const mailboxes = await load(listMailboxes(await requireContext(), { tenantId }));
  return (
    <div className="px-4 py-4 sm:px-6">
      <MailboxTable tenantId={tenantId} mailboxes={mailboxes} list={list} />
    </div>
  );
}

function readList(query: Partial<Record<keyof MailboxesList, string | string[]>>): MailboxesList {
  const page = Number(query.page);
  return {
    show: mailboxShows.find((show) => show === query.show),
    cause: typeof query.cause === 'string' ? query.cause : undefined,
    page: Number.isInteger(page) && page > 1 ? page : undefined,
  };
}
