import type { Metadata } from 'next';
import Link from 'next/link';
import { requireContext } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { Act } from '#app/_ui/act.tsx';
import { ButtonLink } from '#app/_ui/button.tsx';
import { Figure, Figures } from '#app/_ui/figures.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { Section } from '#app/_ui/section.tsx';
import { createWords, plural } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { formatBytes, formatCount } from '#lib/core/bytes.ts';
import { listMailboxes } from '#lib/services/mailboxes/list.ts';
import { listRuns } from '#lib/services/runs/list.ts';
import { RunLines } from '../../../runs/parts/run-lines.tsx';
import { sendNewLink } from '../actions.ts';
import { ConnectionFacts } from '../parts/connection-facts.tsx';
import { theCustomer } from '../parts/customer.ts';
import { MailboxTable } from '../parts/mailbox-table.tsx';

export const metadata: Metadata = { title: 'Customer' };

/** Is this customer protected, and since when not? */
export default async function CustomerPage({ params }: { params: Promise<{ tenantId: string }> }) {
  const { tenantId } = await params;
  const ctx = await requireContext();
  const [customer, mailboxes, runs] = await Promise.all([
    theCustomer(tenantId),
    load(listMailboxes(ctx, { tenantId })),
    load(listRuns(ctx, { tenantId, limit: 6 })),
  ]);
  const { zone, now } = await reading();
  const words = createWords(zone, now);
  const { figures, policy } = customer;

  return (
    <>
      <div className="grid flex-1 content-start gap-x-8 gap-y-6 px-4 py-4 sm:px-6 wide:grid-cols-[minmax(0,1fr)_18.75rem]">
        <div className="min-w-0 space-y-6">
          {customer.state === 'consent-lost' ? (
            <Notice tone="fail" title={`Microsoft no longer accepts our app at ${customer.name}`}>
              <p className="mb-2">
                {figures.lastGoodAt
                  ? `Everything up to ${words.moment(figures.lastGoodAt)} is safe.`
                  : 'Nothing has been copied yet.'}{' '}
                An administrator has to approve it again.
              </p>
              <Act action={sendNewLink} fields={{ tenantId }}>
                Make a repair link
              </Act>
            </Notice>
          ) : null}
          <Figures>
            <Figure
              name="Last good copy"
              value={figures.lastGoodAt ? words.age(figures.lastGoodAt) : 'none yet'}
              note={
                figures.lastGoodAt ? words.moment(figures.lastGoodAt) : 'the first is on its way'
              }
            />
            <Figure
              name="Covered"
              value={formatCount(figures.covered)}
              unit={`of ${formatCount(figures.total)}`}
              note={
                figures.covered === figures.total
                  ? 'every mailbox'
                  : `${plural(figures.total - figures.covered, 'mailbox has', 'mailboxes have')} no good copy`
              }
            />
            <Figure
              name="Unexplained"
              value={formatCount(figures.unexplained)}
              note={`of ${plural(
                mailboxes.reduce((total, mailbox) => total + mailbox.items, 0),
                'item',
              )}`}
            />
            <Figure
              name="Stored"
              value={formatBytes(figures.storedBytes)}
              note={`from ${formatBytes(figures.rawBytes)} raw`}
            />
          </Figures>
          <MailboxTable tenantId={tenantId} mailboxes={mailboxes} words={words} />
          <Section
            title="Latest runs"
            act={
              <Link href={paths.customerRuns(tenantId)} className="quiet-link">
                All runs
              </Link>
            }
          >
            <RunLines tenantId={tenantId} runs={runs} words={words} />
          </Section>
        </div>
        <aside className="min-w-0 divide-y divide-line [&>*]:py-6 [&>*:first-child]:pt-0">
          <ConnectionFacts customer={customer} words={words} />
          <Section title="Protected by">
            <dl className="facts">
              <dt>Policy</dt>
              <dd>
                {policy
                  ? policy.paused
                    ? 'Standard, paused'
                    : `Standard, every ${everyWords(policy.everyMinutes)}`
                  : 'none yet'}
              </dd>
              <dt>Keeps</dt>
              <dd>everything, until a retention is set</dd>
              <dt>Vault</dt>
              <dd>encrypted, this customer alone</dd>
            </dl>
          </Section>
        </aside>
      </div>
      <div className="sticky bottom-14 border-t border-line bg-surface p-4 sm:hidden">
        <ButtonLink href={paths.customerMailboxes(tenantId)} weight="primary" className="w-full">
          Restore mail
        </ButtonLink>
      </div>
    </>
  );
}

function everyWords(minutes: number): string {
  if (minutes % 1440 === 0) return minutes === 1440 ? 'day' : `${minutes / 1440} days`;
  if (minutes % 60 === 0) return minutes === 60 ? 'hour' : `${minutes / 60} h`;
  return `${minutes} min`;
}
