import type { Metadata } from 'next';
import Link from 'next/link';
import { requireContext, whyNot } from '#app/_server/context.ts';
import { part } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { billingTexts, pricesTexts as texts } from '#app/_texts/billing.ts';
import { inputClass } from '#app/_ui/field.tsx';
import { Icon } from '#app/_ui/icon.tsx';
import { Card } from '#app/_ui/section.tsx';
import { Empty, NotYours, PartFailed } from '#app/_ui/states.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { paths } from '#app/paths.ts';
import { dayOf, nextPeriod, type Period, periodOf, previousPeriod } from '#lib/billing/days.ts';
import { listResalePrices, type PriceList } from '#lib/services/billing/resale-prices.ts';
import { isWithin } from '#lib/services/members/rules.ts';
import { saveResalePrices } from '../actions.ts';
import { monthName } from '../parts/calendar.ts';
import { KeptForm } from '../parts/kept-form.tsx';
import { Refused } from '../parts/month.tsx';
import { theBilling } from '../parts/read.ts';
import { writeTerms } from '../parts/terms-fields.ts';
import { TermsFields } from '../parts/terms-form.tsx';
import { TermsWords } from '../parts/terms-words.tsx';

export const metadata: Metadata = { title: texts.title };

/** What the MSP asks of its customers: lists of prices, and their versions. */
export default async function PricesPage({
  searchParams,
}: {
  searchParams: Promise<{ list?: string }>;
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
  const [{ view: lists, failed }, billing] = await Promise.all([
    part(listResalePrices(ctx)),
    theBilling(),
  ]);
  const { now } = await reading();
  const month = periodOf(dayOf(now));
  const unmanaged = await whyNot('billing.manage');
  const { list: asked } = await searchParams;
  const open = lists?.find(({ id }) => id === asked) ?? null;
  const terms = open?.versions[0]?.terms ?? billing.view?.own?.plan?.terms ?? null;
  return (
    <>
      {bar}
      <div className="px-4 pt-5 pb-4 sm:px-6">
        <h1 className="text-xl font-semibold">{texts.title}</h1>
        <p className="max-w-160 text-sm text-ink-2">{texts.lead}</p>
      </div>
      <div className="grid grid-cols-1 content-start gap-x-10 gap-y-8 px-4 pb-8 sm:px-6 xl:grid-cols-[minmax(0,1fr)_minmax(0,36rem)]">
        <div className="min-w-0 space-y-4">
          {failed === null ? null : <PartFailed what={texts.what} reference={failed} />}
          {lists?.length === 0 ? (
            <Empty icon="fileText" title={texts.none}>
              {texts.noneMore}
            </Empty>
          ) : null}
          {lists?.map((list) => (
            <ListCard key={list.id} list={list} month={month} />
          ))}
        </div>
        <div className="min-w-0">
          {unmanaged === null ? (
            <KeptForm
              key={`${open?.id} ${open?.versions.length}`}
              action={saveResalePrices}
              fields={open === null ? {} : { planId: open.id }}
              label={open === null ? texts.save : texts.saveVersion}
            >
              <h2 className="text-base font-semibold">
                {open === null ? texts.make : texts.change(open.name)}
              </h2>
              {open === null ? (
                <label className="block text-sm font-medium">
                  {texts.name}
                  <input
                    name="name"
                    maxLength={100}
                    required
                    autoComplete="off"
                    className={inputClass}
                  />
                </label>
              ) : (
                <input type="hidden" name="name" value={open.name} />
              )}
              <TermsFields
                values={
                  terms === null
                    ? new Map([
                        ['currency', 'eur'],
                        ['aggregation', 'daily-average'],
                      ])
                    : writeTerms(terms)
                }
              />
              <p className="text-sm text-ink-2">
                {open === null ? texts.fromNow : texts.fromNext(monthName(nextPeriod(month)))}
              </p>
            </KeptForm>
          ) : (
            <NotYours reason={unmanaged} />
          )}
        </div>
      </div>
    </>
  );
}

function ListCard({ list, month }: { list: PriceList; month: Period }) {
  const { id, name, versions } = list;
  const holds = versions.find(({ from }) => from <= month);
  const over = previousPeriod(month);
  return (
    <Card title={name} note={versions[0] ? texts.version(versions[0].version) : null}>
      <div className="space-y-5">
        {versions.map(({ version, from, terms, createdBy }) => (
          <section key={version}>
            <h3 className="mb-1.5 text-sm font-medium">
              {texts.version(version)},{' '}
              {from > month ? texts.later(monthName(from)) : texts.from(monthName(from))}{' '}
              {createdBy === null ? null : (
                <span className="font-normal text-ink-3">{texts.by(createdBy)}</span>
              )}
            </h3>
            <TermsWords terms={terms} />
          </section>
        ))}
        <p className="flex flex-wrap items-center gap-x-5 gap-y-2 text-sm">
          <Link href={paths.resalePrices({ list: id })} prefetch={false} className="quiet-link">
            {texts.change(name)}
          </Link>
          <Link href={paths.billingSimulate({ list: id })} prefetch={false} className="quiet-link">
            {billingTexts.simulate}
          </Link>
          {[month, over]
            .filter((period) => holds !== undefined && holds.from <= period)
            .map((period) => (
              <a
                key={period}
                href={paths.statementFile(period, { as: 'pdf', list: id })}
                className="quiet-link inline-flex items-center gap-1"
              >
                <Icon name="download" className="size-3.5" />
                {texts.statement(monthName(period))}
              </a>
            ))}
        </p>
      </div>
    </Card>
  );
}
