import type { Metadata } from 'next';
import { Suspense } from 'react';
import { billingTexts as texts } from '#app/_texts/billing.ts';
import { LoadingPage } from '#app/_ui/skeleton.tsx';
import { type BillingList, paths } from '#app/paths.ts';
import { monthName, requirePeriod } from '../parts/calendar.ts';
import { Month } from '../parts/month.tsx';

export const metadata: Metadata = { title: texts.title };

/** A month that was, or the one that runs. */
export default async function BillingMonthPage({
  params,
  searchParams,
}: {
  params: Promise<{ period: string }>;
  searchParams: Promise<BillingList>;
}) {
  const period = requirePeriod((await params).period);
  return (
    <Suspense fallback={<LoadingPage what={texts.what} rows={10} />}>
      <Month
        period={period}
        list={await searchParams}
        line={null}
        crumbs={[{ label: texts.title, href: paths.billing() }, { label: monthName(period) }]}
      />
    </Suspense>
  );
}
