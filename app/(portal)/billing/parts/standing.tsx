import type { ReactNode } from 'react';
import { whyNot } from '#app/_server/context.ts';
import { reading } from '#app/_server/viewer.ts';
import { standingTexts as texts } from '#app/_texts/billing.ts';
import { Act } from '#app/_ui/act.tsx';
import { inputClass } from '#app/_ui/field.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { Time } from '#app/_ui/time.tsx';
import { createWords } from '#app/_ui/words.ts';
import type { AccountOverview, BillingOverview } from '#lib/services/billing/overview.ts';
import type { Trouble } from '#lib/services/billing/rules.ts';
import {
  catchUp,
  compareAgain,
  finishSubscribing,
  openPayment,
  subscribe,
  writeOff,
} from '../actions.ts';
import { dayName, monthName } from './calendar.ts';
import { KeptForm } from './kept-form.tsx';
import { accountsOf } from './read.ts';

/** Of these a sentence of its own is written, from the state of the account. */
const ownWords = new Set(['payment-failed', 'new-protection-waits', 'held']);

/** What is not as it should be, worst first; each with its sentence and at most two acts. */
export async function Standing({ billing }: { billing: BillingOverview }) {
  const refused = await whyNot('billing.manage');
  const { configured } = billing;
  const accounts = accountsOf(billing);
  const states = await Promise.all(
    accounts.map((about) => stateNotices(about, { refused, configured })),
  );
  const troubles = [
    ...accounts.flatMap((about) =>
      about.troubles.map((trouble) => ({ trouble, accountId: about.account.id })),
    ),
    ...billing.troubles.map((trouble) => ({ trouble, accountId: '' })),
  ]
    .filter(({ trouble }) => !ownWords.has(trouble.kind))
    .sort((a, b) => Number(b.trouble.needsSomebody) - Number(a.trouble.needsSomebody));
  return (
    <div className="space-y-3 px-4 pb-3 empty:hidden sm:px-6">
      {billing.own === null && configured ? (
        <Notice title={texts.noAccount.title} icon="info">
          {texts.noAccount.body}
          <Acts>
            <Guarded refused={refused} name={texts.subscribe}>
              <Act action={subscribe} fields={{}} weight="primary">
                {texts.subscribe}
              </Act>
            </Guarded>
          </Acts>
        </Notice>
      ) : null}
      {states.flat()}
      {troubles.map(({ trouble, accountId }) => (
        <TroubleNotice key={`${accountId} ${trouble.kind} ${trouble.about}`} trouble={trouble}>
          {trouble.kind === 'days-missing' ? (
            <Acts>
              <Guarded refused={refused} name={texts.catchUp}>
                <Act action={catchUp} fields={{ accountId }}>
                  {texts.catchUp}
                </Act>
              </Guarded>
            </Acts>
          ) : null}
        </TroubleNotice>
      ))}
    </div>
  );
}

/** What follows from the state of an account, its closings and its clock. */
async function stateNotices(
  about: AccountOverview,
  { refused, configured }: { refused: string | null; configured: boolean },
): Promise<ReactNode[]> {
  const { account, customer } = about;
  const { now } = await reading();
  const found: ReactNode[] = [];
  const named = (title: string) => (customer === null ? title : `${customer}: ${title}`);
  const fields = { accountId: account.id };
  const key = (what: string) => `${account.id} ${what}`;
  // A customer that is the MSP's again is not asked to subscribe once more.
  const asked = configured && account.endedPeriod === null;
  if (asked && (account.state === 'none' || account.state === 'ended')) {
    const words =
      account.state === 'none' && customer !== null ? texts.direct : texts[account.state];
    const act = account.state === 'none' ? texts.subscribe : texts.subscribeAgain;
    found.push(
      <Notice key={key('state')} title={named(words.title)}>
        {words.body}
        <Acts>
          <Guarded refused={refused} name={act}>
            <Act action={subscribe} fields={fields} weight="primary">
              {act}
            </Act>
          </Guarded>
        </Acts>
      </Notice>,
    );
  }
  if (account.state === 'checkout' && account.endedPeriod === null) {
    found.push(
      <Notice key={key('state')} tone="late" icon="clock" title={named(texts.checkout.title)}>
        {texts.checkout.body}
        <Acts>
          <Guarded refused={refused} name={texts.goOn}>
            <Act action={subscribe} fields={fields} weight="primary">
              {texts.goOn}
            </Act>
            <Act action={finishSubscribing} fields={fields}>
              {texts.finish}
            </Act>
          </Guarded>
        </Acts>
      </Notice>,
    );
  }
  // Also of a subscription that ended over it: what is owed is owed.
  if (account.paymentFailedAt !== null) {
    const waits = account.newProtectionPausedAt !== null;
    const until = account.graceUntil?.toISOString().slice(0, 10);
    const title =
      !waits && until !== undefined
        ? texts['past-due'].title(dayName(until, now))
        : texts.paused.title;
    found.push(
      <Notice key={key('payment')} tone="fail" icon="alert" title={named(title)}>
        {waits ? texts.paused.body : texts['past-due'].body}
        <Acts>
          <Guarded refused={refused} name={texts.pay}>
            <Act action={openPayment} fields={fields} weight="primary">
              {texts.pay}
            </Act>
          </Guarded>
        </Acts>
      </Notice>,
    );
  }
  for (const { period, state, step, reason, since } of about.closings) {
    if (state === 'held') {
      found.push(
        <Notice
          key={key(`held ${period}`)}
          tone="fail"
          icon="pause"
          title={named(texts.held.title(monthName(period)))}
        >
          {reason ?? texts.held.unknown} {since ? <Since at={since} /> : null}
          <Acts>
            <Guarded refused={refused} name={texts.compare}>
              <Act action={compareAgain} fields={{ ...fields, period }}>
                {texts.compare}
              </Act>
            </Guarded>
          </Acts>
          {step === 'left-out' ? (
            <Acts>
              <Guarded refused={refused} name={texts.writeOff}>
                <KeptForm
                  action={writeOff}
                  fields={{ ...fields, period }}
                  label={texts.writeOff}
                  weight="secondary"
                  inline
                >
                  <span className="block w-64 max-sm:w-full">
                    <input
                      name="reason"
                      maxLength={300}
                      autoComplete="off"
                      required
                      aria-label={texts.writeOffWhy}
                      placeholder={texts.writeOffWhy}
                      className={`${inputClass} mt-0! min-w-0`}
                    />
                  </span>
                </KeptForm>
              </Guarded>
            </Acts>
          ) : null}
        </Notice>,
      );
    }
    if (state === 'closing') {
      found.push(
        <Notice key={key(`closing ${period}`)} icon="clock">
          {named(texts.closing(monthName(period)))}
        </Notice>,
      );
    }
  }
  if (account.onTestClock && account.clockAt !== null) {
    const at = createWords('UTC', now).moment(account.clockAt);
    found.push(
      <Notice key={key('clock')} icon="clock" title={named(texts.clock.title(at))}>
        {texts.clock.body}
      </Notice>,
    );
  }
  return found;
}

function TroubleNotice({ trouble, children }: { trouble: Trouble; children: ReactNode }) {
  const { kind, sentence, since, needsSomebody } = trouble;
  const quiet = kind === 'prices-change' || kind === 'gone-customer' || kind === 'unknown-customer';
  return (
    <Notice
      tone={needsSomebody ? 'fail' : quiet || kind === 'not-configured' ? 'info' : 'late'}
      icon={needsSomebody ? 'alert' : quiet || kind === 'not-configured' ? 'info' : 'clock'}
      title={texts.troubles[kind]}
    >
      {sentence} {since ? <Since at={since} /> : null}
      {children}
    </Notice>
  );
}

function Since({ at }: { at: Date }) {
  return (
    <span className="text-ink-3">
      ({texts.since} <Time at={at} />)
    </span>
  );
}

function Acts({ children }: { children: ReactNode }) {
  return <div className="mt-2.5 flex flex-wrap items-center gap-2">{children}</div>;
}

function Guarded({
  refused,
  name,
  children,
}: {
  refused: string | null;
  name: string;
  children: ReactNode;
}) {
  return refused === null ? (
    children
  ) : (
    <ReasonButton name={name} reason={refused}>
      {name}
    </ReasonButton>
  );
}
