import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { requireContext } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { rememberedLink } from '#app/_server/issued-link.ts';
import { reading } from '#app/_server/viewer.ts';
import { Act } from '#app/_ui/act.tsx';
import { ButtonLink } from '#app/_ui/button.tsx';
import { CopyButton } from '#app/_ui/copy-button.tsx';
import { Live } from '#app/_ui/live.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { Card } from '#app/_ui/section.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { createWords } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { connectStatus } from '#lib/services/connect/status.ts';
import { getCustomer } from '#lib/services/customers/get.ts';
import { ConnectSteps } from '../../../../connect/parts/connect-steps.tsx';
import { RefusalNotice } from '../../../../connect/parts/refusal-notice.tsx';
import { customerStamp } from '../../parts/customer-state.ts';
import { sendNewLink } from '../actions.ts';

export const metadata: Metadata = { title: 'Connecting a customer' };

/** What the MSP sees while the customer's administrator approves. */
export default async function ConnectingPage({
  params,
}: {
  params: Promise<{ tenantId: string }>;
}) {
  const { tenantId } = await params;
  const ctx = await requireContext();
  const [customer, status, link] = await Promise.all([
    load(getCustomer(ctx, { tenantId })),
    load(connectStatus(ctx, { tenantId })),
    rememberedLink(),
  ]);
  if (status === null) redirect(paths.customer(tenantId));
  const { zone, now } = await reading();
  const words = createWords(zone, now);
  const used = status.step === 'connected';
  const readingWorks = status.connected.includes('backup');
  const expired = !used && status.expiresAt.getTime() < now.getTime();

  return (
    <>
      <TopBar
        crumbs={[
          { label: 'Customers', href: paths.customers() },
          { label: status.customerName, href: paths.customer(tenantId) },
          { label: 'Connection' },
        ]}
      />
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-4 pt-5 sm:px-6">
        <h1 className="text-xl font-semibold">
          {readingWorks
            ? `${status.customerName} is connected`
            : `${status.customerName} is connecting`}
        </h1>
        <span className="ml-auto">
          <Live
            from={paths.customerProgress(tenantId)}
            stamp={customerStamp(customer, status)}
            text={`live, updated ${words.second(now)}`}
          />
        </span>
        <p className="basis-full text-ink-2">
          {used
            ? 'Reading and restoring are approved. The first backup runs by itself.'
            : readingWorks
              ? 'The first backup runs by itself. Restoring waits for a second approval, with the same link.'
              : 'You may close this page; the check goes on without you.'}
        </p>
      </div>
      <div className="grid content-start gap-x-10 gap-y-6 px-4 py-5 sm:px-6 wide:grid-cols-[minmax(0,1fr)_24rem]">
        <div className="space-y-5">
          {status.refusal ? <RefusalNotice refusal={status.refusal} /> : null}
          <ConnectSteps view={status} words={words} />
          {readingWorks ? (
            <ButtonLink href={paths.customer(tenantId)} weight="primary">
              Open {status.customerName}
            </ButtonLink>
          ) : null}
        </div>
        <div className="space-y-4">
          <Card
            title="The link"
            note={
              used
                ? 'used, cannot be used again'
                : expired
                  ? 'expired'
                  : readingWorks
                    ? 'works once more, for restoring'
                    : 'works once'
            }
          >
            {link !== null && !used && !expired ? (
              <div className="space-y-2.5">
                <p
                  data-testid="connect-link"
                  className="rounded-md border border-line bg-canvas px-3 py-2 font-mono text-xs break-all text-ink-2"
                >
                  {link}
                </p>
                <CopyButton text={link} label="Copy link" />
                <p className="text-sm text-ink-2">
                  Send it to the customer's administrator. This browser shows it for ten minutes;
                  after that, make a new one.
                </p>
              </div>
            ) : null}
            <dl className="facts mt-3">
              <dt>Works until</dt>
              <dd>{words.moment(status.expiresAt)}</dd>
            </dl>
            {used ? null : (
              <div className="mt-3 flex flex-wrap gap-2">
                <Act action={sendNewLink} fields={{ tenantId }}>
                  Make a new link
                </Act>
              </div>
            )}
          </Card>
          <Notice>
            If it stops, both sides see the same reason in plain words.{' '}
            <strong className="font-semibold text-ink">
              Nothing is changed in their organisation
            </strong>{' '}
            by connecting: each permission is proved by reading.
          </Notice>
        </div>
      </div>
    </>
  );
}
