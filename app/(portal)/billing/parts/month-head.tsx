import Link from 'next/link';
import { whyNot } from '#app/_server/context.ts';
import { reading } from '#app/_server/viewer.ts';
import { billingTexts as texts } from '#app/_texts/billing.ts';
import { ButtonLink, buttonClass } from '#app/_ui/button.tsx';
import { Icon } from '#app/_ui/icon.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { paths } from '#app/paths.ts';
import { type Day, nextPeriod, type Period, previousPeriod } from '#lib/billing/days.ts';
import type { AccountOverview } from '#lib/services/billing/overview.ts';
import { dayName, invoiceDay, monthName } from './calendar.ts';

/** Which month it is, how it stands, and the acts. */
export async function MonthHead({
  period,
  running,
  through,
  own,
  closed,
}: {
  period: Period;
  /** The month that runs now; later ones have no page to lead to. */
  running: Period;
  through: Day | null;
  own: AccountOverview | null;
  closed: boolean;
}) {
  const { now } = await reading();
  const unsimulated = await whyNot('billing.read');
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 pt-5 pb-3 sm:px-6">
      <h1 className="text-xl font-semibold">{monthName(period)}</h1>
      <nav aria-label={texts.what} className="-ml-1 flex">
        <MonthLink to={previousPeriod(period)} icon="chevronLeft" name={texts.previous} />
        {period < running ? (
          <MonthLink to={nextPeriod(period)} icon="chevronRight" name={texts.next} />
        ) : null}
      </nav>
      <p className="text-sm text-ink-2">{standingOf(period, running, own, closed, now)}</p>
      <div className="ml-auto flex flex-wrap items-center gap-2 max-sm:ml-0 max-sm:w-full">
        <p className="mr-1 text-sm text-ink-2 max-sm:-mt-1.5 max-sm:w-full">
          {through === null ? texts.nothingYet : texts.asOf(dayName(through, now))}
        </p>
        {unsimulated === null ? (
          <ButtonLink href={paths.billingSimulate({ period })}>{texts.simulate}</ButtonLink>
        ) : (
          <ReasonButton name={texts.simulate} reason={unsimulated}>
            {texts.simulate}
          </ReasonButton>
        )}
        <a href={paths.usageFile(period)} className={buttonClass()}>
          <Icon name="download" />
          {texts.csv}
        </a>
      </div>
    </div>
  );
}

function MonthLink({
  to,
  icon,
  name,
}: {
  to: Period;
  icon: 'chevronLeft' | 'chevronRight';
  name: (month: string) => string;
}) {
  return (
    <Link
      href={paths.billingMonth(to)}
      prefetch={false}
      aria-label={name(monthName(to))}
      className={buttonClass('plain', 'px-1.5')}
    >
      <Icon name={icon} />
    </Link>
  );
}

function standingOf(
  period: Period,
  running: Period,
  own: AccountOverview | null,
  closed: boolean,
  now: Date,
): string {
  const { standing } = texts;
  if (closed) return standing.closed;
  const closing = own?.closings.find((it) => it.period === period);
  if (closing?.state === 'held') return standing.held;
  if (period < running) return own?.account.subscribed ? standing.closing : standing.before;
  return own?.account.subscribed
    ? standing.draft(dayName(invoiceDay(period), now))
    : standing.unbilled;
}
