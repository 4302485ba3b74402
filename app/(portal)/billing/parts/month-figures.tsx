import Link from 'next/link';
import { reading } from '#app/_server/viewer.ts';
import { billingTexts } from '#app/_texts/billing.ts';
import { Figure, Figures } from '#app/_ui/figures.tsx';
import { Icon } from '#app/_ui/icon.tsx';
import { Time } from '#app/_ui/time.tsx';
import { paths } from '#app/paths.ts';
import type { Period } from '#lib/billing/days.ts';
import type { AccountOverview } from '#lib/services/billing/overview.ts';
import type { InvoiceSummary } from '#lib/services/billing/view.ts';
import type { UsageMonth } from '#lib/services/usage/list.ts';
import { dayName, invoiceDay, monthWord } from './calendar.ts';
import { growthOf } from './growth.ts';
import { money } from './money.ts';

const texts = billingTexts.figures;

/** What it comes to, what it will, what the last one was, and whether the three books agree. */
export async function MonthFigures({
  period,
  usage,
  own,
}: {
  period: Period;
  usage: UsageMonth;
  own: AccountOverview | null;
}) {
  const { now } = await reading();
  const { total } = usage;
  const running = own?.period === period;
  const lines = usage.customers
    .filter(({ direct }) => !direct)
    .reduce((all, { dimensions }) => all + Object.values(dimensions).filter(isUsed).length, 0);
  const counted = usage.customers.filter(
    ({ direct, dimensions }) => !direct && Object.values(dimensions).some(isUsed),
  ).length;
  const topUp =
    total?.minimum && total.days > 0 && Number(total.minimum.amount) > 0
      ? total.minimum.amount
      : null;
  const nextInvoice = dayName(invoiceDay(period), now);
  return (
    <Figures>
      <Figure
        name={
          usage.stamp !== null
            ? texts.final
            : total === null || total.days === 0
              ? texts.soFar
              : texts.pace(total.days)
        }
        value={total === null || total.days === 0 ? '–' : money(total.total, total.currency)}
        note={
          <>
            {texts.lines(counted, lines)}
            {topUp === null || total === null ? null : (
              <>, {texts.minimum(money(topUp, total.currency))}</>
            )}
            {running && own.month !== null && total !== null && total.days > 0 ? (
              <>, {texts.accrued(money(own.month.total, own.month.currency))}</>
            ) : null}
          </>
        }
      />
      {usage.stamp === null ? (
        <Forecast of={running ? own : null} usage={usage} day={nextInvoice} />
      ) : (
        <Figure
          name={texts.sealed}
          value={
            <code className="font-mono text-lg" title={usage.stamp.hash}>
              {usage.stamp.hash.slice(0, 12)}
            </code>
          }
          note={<Time at={usage.stamp.closedAt} />}
        />
      )}
      <LastInvoice invoice={own?.lastInvoice ?? null} own={own} day={nextInvoice} />
      <Books check={own?.check ?? null} subscribed={own?.account.subscribed ?? false} />
    </Figures>
  );
}

function isUsed({ unitDays }: { unitDays: string }): boolean {
  return unitDays !== '0';
}

function Forecast({
  of,
  usage,
  day,
}: {
  of: AccountOverview | null;
  usage: UsageMonth;
  day: string;
}) {
  const found = of?.forecast ?? null;
  const currency = usage.total?.currency;
  if (found === null || currency === undefined || usage.total?.days === 0) {
    return <Figure name={texts.forecast(day)} value="–" note={billingTexts.nothingYet} />;
  }
  const { expected, high } = found;
  return (
    <Figure
      name={texts.forecast(day)}
      value={money(expected.total, currency)}
      unit={high.total === expected.total ? undefined : texts.range(money(high.total, currency))}
      note={growthOf(usage.customers)}
    />
  );
}

function LastInvoice({
  invoice,
  own,
  day,
}: {
  invoice: InvoiceSummary | null;
  own: AccountOverview | null;
  day: string;
}) {
  if (invoice === null) {
    return (
      <Figure
        name={billingTexts.invoices}
        value={texts.none}
        note={own?.account.subscribed ? texts.firstInvoice(day) : texts.noInvoice}
      />
    );
  }
  const at = invoice.paidAt ?? invoice.finalisedAt ?? invoice.issuedAt;
  return (
    <Figure
      name={monthWord(invoice.period)}
      value={
        <Link href={paths.invoice(invoice.id)} prefetch={false} className="number-link">
          {money(invoice.total, invoice.currency)}
        </Link>
      }
      note={
        <>
          {billingTexts.invoiceStates[invoice.status]} <Time at={at} as="day" />
        </>
      }
    />
  );
}

const verdicts = {
  equal: { word: texts.agree, icon: 'check', ink: 'text-ok-mark' },
  differs: { word: texts.differ, icon: 'x', ink: 'text-fail-mark' },
  unknown: { word: texts.unknown, icon: 'clock', ink: 'text-off-mark' },
} as const;

function Books({ check, subscribed }: { check: AccountOverview['check']; subscribed: boolean }) {
  if (check === null) {
    return (
      <Figure
        name={texts.check}
        value={<span className="text-lg font-semibold">{texts.never}</span>}
        note={subscribed ? ' ' : texts.noInvoice}
      />
    );
  }
  const { word, icon, ink } = verdicts[check.verdict];
  return (
    <Figure
      name={texts.check}
      value={
        <span className="inline-flex items-center gap-2 text-lg font-semibold">
          <Icon name={icon} className={`size-4 ${ink}`} />
          {word}
        </span>
      }
      note={
        <>
          {texts.compared} <Time at={check.at} as="short" />
          {check.verdict === 'differs' && check.reason !== null ? (
            <span className="block">{check.reason}</span>
          ) : null}
        </>
      }
    />
  );
}
