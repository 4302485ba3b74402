import type { Metadata } from 'next';
import { Suspense } from 'react';
import { requireContext, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { frameTexts } from '#app/_texts/frame.ts';
import { mailTexts } from '#app/_texts/mail.ts';
import { Notice } from '#app/_ui/notice.tsx';
import { NotYours } from '#app/_ui/states.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { type MailboxPlace, paths } from '#app/paths.ts';
import { getCustomer } from '#lib/services/customers/get.ts';
import { getMailbox } from '#lib/services/mailboxes/get.ts';
import { MailboxBody } from './parts/mailbox-body.tsx';
import { MailboxHead } from './parts/mailbox-head.tsx';
import { MailboxLoading } from './parts/mailbox-loading.tsx';

const texts = mailTexts.mailbox;

export const metadata: Metadata = { title: texts.title };

/** What did it look like then, and where is the message? */
export default async function MailboxPage({
  params,
  searchParams,
}: {
  params: Promise<{ tenantId: string; mailboxId: string }>;
  searchParams: Promise<Partial<Record<keyof MailboxPlace, string>>>;
}) {
  const { tenantId, mailboxId } = await params;
  const query = await searchParams;
  const ctx = await requireContext();
  const [customer, mailbox] = await load(
    Promise.all([getCustomer(ctx, { tenantId }), getMailbox(ctx, { tenantId, mailboxId })]),
  );
  const unseen = await whyNot('content.read');
  const crumbs = [
    { label: frameTexts.names.customers, href: paths.customers() },
    { label: customer.name, href: paths.customer(tenantId) },
    { label: mailbox.name },
  ];
  const head = <MailboxHead customer={customer} mailbox={mailbox} />;

  if (unseen !== null || mailbox.snapshots.length === 0) {
    return (
      <>
        <TopBar crumbs={crumbs} chip={customer.initials} />
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 pt-4 sm:px-6">{head}</div>
        <div className="max-w-200 space-y-4 px-4 py-5 sm:px-6">
          {unseen === null ? (
            <Notice title={texts.noCopy}>{texts.noCopyNote}</Notice>
          ) : (
            <NotYours reason={unseen} />
          )}
        </div>
      </>
    );
  }

  const back = paths.mailbox(tenantId, mailboxId, {
    at: Number(query.at) || undefined,
    folder: query.folder,
    show: query.show === 'gone' ? 'gone' : undefined,
  });
  return (
    <>
      <TopBar crumbs={crumbs} chip={customer.initials} back={query.item ? back : undefined} />
      {/* On a phone the bar has the name, and the head is not shown. */}
      <h1 className="sr-only sm:hidden">{mailbox.name}</h1>
      <Suspense fallback={<MailboxLoading head={head} timeline={mailbox.snapshots.length > 1} />}>
        <MailboxBody customer={customer} mailbox={mailbox} query={query} head={head} />
      </Suspense>
    </>
  );
}
