import Link from 'next/link';
import type { ReactNode } from 'react';
import { requireContext } from '#app/_server/context.ts';
import { part } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { billingTexts, lineTexts } from '#app/_texts/billing.ts';
import { buttonClass } from '#app/_ui/button.tsx';
import { Chip } from '#app/_ui/chip.tsx';
import { Empty, PartFailed } from '#app/_ui/states.tsx';
import { initials } from '#app/_ui/words.ts';
import { type LineList, paths } from '#app/paths.ts';
import type { Dimension } from '#lib/billing/plan.ts';
import { type ExplainedLine, explainLine } from '#lib/services/usage/explain-line.ts';
import { dayName } from './calendar.ts';
import { Grid, GridLegend } from './grid.tsx';
import { decimal, grouped, inGib, money, unitPrice } from './money.ts';
import { StorageDays } from './storage-days.tsx';
import { ThreeBooks } from './three-books.tsx';

const texts = billingTexts.explain;
const gib = 1n << 30n;

/** Why a customer's part of a line is what it is: the days, the division, the price, and the mailboxes. */
export async function Explanation({
  period,
  tenantId,
  dimension,
  list,
}: {
  period: string;
  tenantId: string;
  dimension: Dimension;
  list: LineList;
}) {
  const showsAll = list.show === 'all';
  const { view: line, failed } = await part(
    explainLine(await requireContext(), {
      period,
      tenantId,
      dimension,
      basis: 'pace',
      show: showsAll ? 'all' : 'changed',
      after: list.after,
      limit: 200,
    }),
  );
  if (failed !== null) return <PartFailed what={billingTexts.sections.line} reference={failed} />;
  const { many } = lineTexts[dimension];
  return (
    <section className="space-y-4" aria-labelledby="line">
      <div className="flex items-center gap-x-3 gap-y-1 max-sm:flex-wrap">
        <Chip text={initials(line.name)} size="sm" />
        <h2 id="line" className="min-w-0 flex-1 font-semibold">
          {texts.crumb(line.name, many)}
        </h2>
        {line.whole === null ? null : (
          <p className="shrink-0 text-xs text-ink-3 max-sm:w-full max-sm:shrink">
            {texts.rounded[line.whole.aggregation]}
          </p>
        )}
      </div>
      {line.days.length === 0 ? (
        <Empty icon="calendar" title={billingTexts.list.noDays}>
          {billingTexts.list.noDaysMore}
        </Empty>
      ) : (
        <>
          <Reckoning line={line} />
          {dimension === 'stored-gib' ? (
            <StorageDays line={line} />
          ) : line.rows.length + line.constant === 0 ? (
            <Empty icon="inbox" title={texts.none}>
              {texts.noneMore}
            </Empty>
          ) : (
            <>
              <p className="text-sm text-ink-2">
                {peakOf(line)} {orderOf(line)}
              </p>
              <Grid line={line} showsAll={showsAll} />
              <GridLegend rows={line.rows} />
              <MoreRows line={line} list={list} />
            </>
          )}
          <div className="flex flex-wrap items-baseline gap-x-6 gap-y-2 border-t border-line pt-4 text-sm">
            <ThreeBooks period={period} dimension={dimension} accountId={line.accountId} />
            <a
              href={paths.entriesFile(period, tenantId, dimension)}
              className="quiet-link ml-auto max-sm:ml-0"
            >
              {dimension === 'stored-gib'
                ? texts.entriesOfDays(String(line.days.length))
                : texts.entries(grouped(line.unitDays))}
            </a>
          </div>
        </>
      )}
    </section>
  );
}

/** 1,109 mailbox-days ÷ 22 days = 50.41 on average = €126.02, and where the amount comes from. */
async function Reckoning({ line }: { line: ExplainedLine }) {
  const { now } = await reading();
  const { dimension, whole, currency } = line;
  const stored = dimension === 'stored-gib';
  const days = whole?.divisor ?? line.days.length;
  const unit = stored ? gib : 1n;
  const own = {
    numerator: line.unitDays,
    denominator: (BigInt(Math.max(1, days)) * unit).toString(),
  };
  const unitDays = stored ? inGib(line.unitDays) : grouped(line.unitDays);
  return (
    <div className="space-y-1">
      <p className="flex flex-wrap items-baseline gap-x-2 gap-y-1 text-xl font-semibold tracking-tight">
        <span>{unitDays}</span>
        <Small>{lineTexts[dimension].unit}</Small>
        <Sign>÷</Sign>
        <span>{days}</span>
        <Small>{texts.days}</Small>
        <Sign>=</Sign>
        <span>{decimal(own, 2)}</span>
        {line.amount === null || currency === null || whole?.billed === false ? (
          <Small>{texts.average}</Small>
        ) : (
          <span className="whitespace-nowrap">
            <Sign>→</Sign>
            &ensp;{money(line.amount, currency)}
          </span>
        )}
      </p>
      <p className="text-sm text-ink-2">
        {whole === null || currency === null
          ? texts.noAmount
          : whole.billed
            ? wholeSentence(line, whole, currency, (day) => dayName(day, now))
            : texts.notBilled}
      </p>
    </div>
  );
}

function wholeSentence(
  line: ExplainedLine,
  whole: NonNullable<ExplainedLine['whole']>,
  currency: string,
  day: (day: string) => string,
): string {
  const { one, many: several, unit } = lineTexts[line.dimension];
  const stored = line.dimension === 'stored-gib';
  const size = (text: string) => (stored ? inGib(text) : grouped(text));
  const quantity = whole.quantity.toLocaleString('en-US');
  const many = whole.quantity === 1 ? one : several;
  const sum =
    whole.aggregation === 'peak' && whole.peakDay !== null
      ? texts.wholePeak({ day: day(whole.peakDay), quantity, many })
      : whole.aggregation === 'period-end'
        ? texts.wholeEnd({ quantity, many })
        : texts.whole({ average: decimal(whole.average, 2), quantity, many });
  const pool =
    whole.included > 0 ? ` ${texts.included(whole.included.toLocaleString('en-US'))}` : '';
  const steps = whole.steps
    .map(({ quantity: units, unitPrice: price, flat }) => {
      const times = `${units.toLocaleString('en-US')}\u00a0×\u00a0${unitPrice(price, currency)}`;
      return Number(flat) === 0 ? times : `${times} + ${money(flat, currency)}`;
    })
    .join(' + ');
  return [
    texts.partOf({ own: size(line.unitDays), all: size(whole.unitDays), unit, name: line.name }),
    `${sum}${pool}: ${steps}\u00a0=\u00a0${money(whole.amount, currency)}.`,
  ].join(' ');
}

function peakOf({ totals }: ExplainedLine): string {
  const peak = Math.max(...totals);
  return texts.peak(peak.toLocaleString('en-US'), totals.filter((total) => total === peak).length);
}

function orderOf({ changed, constant, days }: ExplainedLine): string {
  if (changed === 0) return texts.allSame(constant, days.length);
  return texts.changedFirst(constant, days.length);
}

function MoreRows({ line, list }: { line: ExplainedLine; list: LineList }) {
  const { period, tenantId, dimension, after } = line;
  const all = line.changed + line.constant;
  if (all === line.rows.length && list.show !== 'all') return null;
  return (
    <p className="flex flex-wrap gap-3">
      {list.show === 'all' ? (
        <Link
          href={paths.billingLine(period, tenantId, dimension)}
          prefetch={false}
          className={buttonClass()}
        >
          {texts.showChanged}
        </Link>
      ) : (
        <Link
          href={paths.billingLine(period, tenantId, dimension, { show: 'all' })}
          prefetch={false}
          className={buttonClass()}
        >
          {texts.showAll(all)}
        </Link>
      )}
      {after === null ? null : (
        <Link
          href={paths.billingLine(period, tenantId, dimension, { show: list.show, after })}
          prefetch={false}
          className={buttonClass()}
        >
          {texts.on}
        </Link>
      )}
    </p>
  );
}

function Small({ children }: { children: ReactNode }) {
  return <span className="text-sm font-normal text-ink-2">{children}</span>;
}

function Sign({ children }: { children: ReactNode }) {
  return <span className="font-normal text-ink-3">{children}</span>;
}
