import type { Metadata } from 'next';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { requireContext, whyNot } from '#app/_server/context.ts';
import { part } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import {
  billingTexts,
  standingTexts,
  termsTexts,
  accountTexts as texts,
} from '#app/_texts/billing.ts';
import { Act } from '#app/_ui/act.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { Section } from '#app/_ui/section.tsx';
import { Empty, PartFailed } from '#app/_ui/states.tsx';
import { Status, type StatusKind } from '#app/_ui/status.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { createWords } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { previousPeriod } from '#lib/billing/days.ts';
import type { AccountOverview, BillingOverview } from '#lib/services/billing/overview.ts';
import { isWithin } from '#lib/services/members/rules.ts';
import { verifyLedger } from '#lib/services/usage/verify-ledger.ts';
import { verifyMailboxDays } from '#lib/services/usage/verify-mailbox-days.ts';
import { openPayment } from '../actions.ts';
import { dayName, monthName, requirePeriod } from '../parts/calendar.ts';
import { CustomerBooks } from '../parts/customer-books.tsx';
import { Refused } from '../parts/month.tsx';
import { periodNow, theBilling, theUsage } from '../parts/read.ts';
import { Standing } from '../parts/standing.tsx';
import { TermsWords } from '../parts/terms-words.tsx';

export const metadata: Metadata = { title: texts.title };

type State = AccountOverview['account']['state'];

const looks: Record<State, StatusKind> = {
  none: 'none',
  checkout: 'wait',
  active: 'ok',
  'past-due': 'fail',
  paused: 'fail',
  ended: 'off',
};

/** Who pays, under which terms, and whether the ledger is what was written. */
export default async function AccountPage({
  searchParams,
}: {
  searchParams: Promise<{ proof?: string }>;
}) {
  const bar = (
    <TopBar
      crumbs={[{ label: billingTexts.title, href: paths.billing() }, { label: texts.title }]}
    />
  );
  const refused = await whyNot('billing.read');
  if (refused !== null) return <Refused bar={bar} reason={refused} />;
  const ctx = await requireContext();
  if (!isWithin(ctx, null)) return <Refused bar={bar} reason={texts.notYours} />;
  const period = await periodNow();
  const { proof } = await searchParams;
  const [billing, usage, chain] = await Promise.all([
    theBilling(),
    theUsage(period),
    part(verifyLedger(ctx, {})),
  ]);
  const unmanaged = await whyNot('billing.manage');
  const ledger = (
    <Section title={texts.ledger}>
      {chain.view === null ? (
        <PartFailed what={billingTexts.sections.standing} reference={chain.failed} />
      ) : chain.view.intact ? (
        <p className="text-sm text-ink-2">{texts.intact(chain.view.periods)}</p>
      ) : (
        <Notice tone="fail" title={texts.broken}>
          {chain.view.findings.join(' ')}
        </Notice>
      )}
      {chain.view === null || chain.view.periods === 0 ? null : (
        <MailboxProof asked={proof} before={previousPeriod(period)} />
      )}
    </Section>
  );
  return (
    <>
      {bar}
      <div className="px-4 pt-5 pb-4 sm:px-6">
        <h1 className="text-xl font-semibold">{texts.title}</h1>
      </div>
      {billing.view === null ? (
        <div className="px-4 sm:px-6">
          <PartFailed what={billingTexts.sections.standing} reference={billing.failed} />
        </div>
      ) : (
        <>
          <Standing billing={billing.view} />
          <div className="grid grid-cols-1 content-start gap-x-10 gap-y-8 px-4 py-4 sm:px-6 wide:grid-cols-2">
            <div className="space-y-8">
              <Own billing={billing.view} refused={unmanaged} />
              {ledger}
            </div>
            <Section title={texts.plan}>
              <Plan of={billing.view.own} />
            </Section>
          </div>
        </>
      )}
      <div className="space-y-8 px-4 pt-4 pb-8 sm:px-6">
        {billing.view === null ? ledger : null}
        <Section title={texts.customers} note={texts.externalHint}>
          {usage.view === null ? (
            <PartFailed what={billingTexts.sections.month} reference={usage.failed} />
          ) : usage.view.customers.length === 0 ? (
            <Empty icon="building" title={billingTexts.list.none}>
              {billingTexts.list.noneMore}
            </Empty>
          ) : (
            <CustomerBooks
              customers={usage.view.customers}
              direct={billing.view?.direct ?? []}
              refused={unmanaged}
            />
          )}
        </Section>
      </div>
    </>
  );
}

/** What lies under the chain: three million rows in a large month, so it is asked for. */
async function MailboxProof({ asked, before }: { asked: string | undefined; before: string }) {
  if (asked === undefined) {
    return (
      <p className="mt-2 text-sm">
        <Link
          href={paths.billingAccount({ proof: before })}
          prefetch={false}
          className="quiet-link"
        >
          {texts.prove(monthName(before))}
        </Link>
      </p>
    );
  }
  const period = requirePeriod(asked);
  const { view, failed } = await part(verifyMailboxDays(await requireContext(), { period }));
  if (view === null) return <PartFailed what={texts.proof} reference={failed} />;
  return view.intact ? (
    <p className="mt-2 text-sm text-ink-2">{texts.proved(monthName(period), view.periods)}</p>
  ) : (
    <Notice tone="fail" title={texts.broken}>
      {view.findings.join(' ')}
    </Notice>
  );
}

async function Own({ billing, refused }: { billing: BillingOverview; refused: string | null }) {
  const { now } = await reading();
  const { own, configured } = billing;
  const account = own?.account ?? null;
  const state = account?.state ?? 'none';
  const facts: [string, ReactNode][] = [
    [
      texts.state,
      <Status key="state" kind={looks[state]}>
        {texts.states[state]}
      </Status>,
    ],
    [texts.since, account?.firstDay ? dayName(account.firstDay, now) : '–'],
    [texts.through, account?.observedThrough ? dayName(account.observedThrough, now) : '–'],
    [
      texts.clock,
      account?.onTestClock && account.clockAt
        ? createWords('UTC', now).moment(account.clockAt)
        : texts.noClock,
    ],
  ];
  return (
    <Section title={texts.who}>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div className="mt-3 flex flex-wrap items-center gap-3">
        {!configured || !account?.subscribed ? null : refused === null ? (
          <Act action={openPayment} fields={{ accountId: account.id }}>
            {standingTexts.portal}
          </Act>
        ) : (
          <ReasonButton name={standingTexts.portal} reason={refused}>
            {standingTexts.portal}
          </ReasonButton>
        )}
        <Link href={paths.invoices()} prefetch={false} className="quiet-link text-sm">
          {billingTexts.invoices}
        </Link>
      </div>
    </Section>
  );
}

function Plan({ of }: { of: AccountOverview | null }) {
  if (of?.plan == null) return <p className="text-sm text-ink-2">{texts.noPlan}</p>;
  const { plan, next } = of;
  return (
    <div className="space-y-3">
      <p className="text-sm">
        {texts.planName(plan.name, plan.version)}{' '}
        <span className="text-ink-3">{texts.operator}</span>
      </p>
      <TermsWords terms={plan.terms} />
      <p className="text-sm text-ink-2">{termsTexts.sealing}</p>
      {next === null ? null : (
        <>
          <h3 className="text-sm font-medium">{texts.next(monthName(next.from))}</h3>
          <TermsWords terms={next.terms} />
        </>
      )}
    </div>
  );
}
