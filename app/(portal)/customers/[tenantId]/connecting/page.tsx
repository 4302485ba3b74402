import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { requireContext, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { rememberedLink } from '#app/_server/issued-link.ts';
import { reading } from '#app/_server/viewer.ts';
import { connectTexts } from '#app/_texts/connect.ts';
import { frameTexts } from '#app/_texts/frame.ts';
import { Act } from '#app/_ui/act.tsx';
import { ButtonLink } from '#app/_ui/button.tsx';
import { Live } from '#app/_ui/live.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { TimeIn } from '#app/_ui/time.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { createWords } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { connectStatus } from '#lib/services/connect/status.ts';
import { getCustomer } from '#lib/services/customers/get.ts';
import { ConnectSteps } from '../../../../connect/parts/connect-steps.tsx';
import { RefusalNotice } from '../../../../connect/parts/refusal-notice.tsx';
import { customerStamp } from '../../parts/customer-state.ts';
import { withdraw } from './actions.ts';
import { LinkCard } from './parts/link-card.tsx';

export const metadata: Metadata = { title: connectTexts.waiting.title };

const texts = connectTexts.waiting;

/** What the MSP sees while the customer's administrator approves. */
export default async function ConnectingPage({
  params,
}: {
  params: Promise<{ tenantId: string }>;
}) {
  const { tenantId } = await params;
  const ctx = await requireContext();
  const [customer, status, link, refused] = await Promise.all([
    load(getCustomer(ctx, { tenantId })),
    load(connectStatus(ctx, { tenantId })),
    rememberedLink(),
    whyNot('customers.connect'),
  ]);
  if (status === null) redirect(paths.customer(tenantId));
  const { zone, now } = await reading();
  const words = createWords(zone, now);
  const used = status.step === 'connected';
  const readingWorks = status.connected.includes('backup');
  const works = !used && status.expiresAt > now;

  return (
    <>
      <TopBar
        crumbs={[
          { label: frameTexts.names.customers, href: paths.customers() },
          { label: status.customerName, href: paths.customer(tenantId) },
          { label: texts.crumb },
        ]}
        title={status.customerName}
      />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 pt-5 sm:px-6">
        <h1 className="text-xl font-semibold">
          {readingWorks
            ? texts.connected(status.customerName)
            : texts.connecting(status.customerName)}
        </h1>
        <span className="ml-auto flex flex-wrap items-center gap-3">
          <Live
            from={paths.customerProgress(tenantId)}
            stamp={customerStamp(customer, status)}
            text={<TimeIn say={texts.live} at={now} as="second" inside />}
          />
          {!works ? null : refused === null ? (
            <Act action={withdraw} fields={{ tenantId }} weight="plain">
              {connectTexts.link.withdraw}
            </Act>
          ) : (
            <ReasonButton name={connectTexts.link.withdraw} reason={refused}>
              {connectTexts.link.withdraw}
            </ReasonButton>
          )}
        </span>
        <p className="basis-full text-ink-2">
          {used ? texts.both : readingWorks ? texts.readingWorks : texts.mayClose}
        </p>
      </div>
      <div className="grid grid-cols-1 content-start gap-x-10 gap-y-6 px-4 py-5 sm:px-6 wide:grid-cols-[minmax(0,1fr)_24rem]">
        <div className="min-w-0 space-y-5">
          {status.refusal ? <RefusalNotice refusal={status.refusal} view={status} /> : null}
          <ConnectSteps view={status} />
          {readingWorks ? (
            <ButtonLink href={paths.customer(tenantId)} weight="primary">
              {texts.open(status.customerName)}
            </ButtonLink>
          ) : null}
        </div>
        <div className="min-w-0 space-y-4">
          <LinkCard
            tenantId={tenantId}
            status={status}
            link={works ? link : null}
            works={works}
            refused={refused}
            until={words.moment(status.expiresAt)}
          />
          <Notice>
            {texts.promise}{' '}
            <strong className="font-semibold text-ink">{texts.promiseStrong}</strong>{' '}
            {texts.promiseEnd}
          </Notice>
        </div>
      </div>
    </>
  );
}
