import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { Suspense } from 'react';
import { requireContext, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { billingTexts, lineTexts } from '#app/_texts/billing.ts';
import { LoadingPage } from '#app/_ui/skeleton.tsx';
import { type LineList, paths } from '#app/paths.ts';
import { type Dimension, dimensions } from '#lib/billing/plan.ts';
import { getCustomer } from '#lib/services/customers/get.ts';
import { monthName, requirePeriod } from '../../../parts/calendar.ts';
import { Month } from '../../../parts/month.tsx';

export const metadata: Metadata = { title: billingTexts.title };

/** Which mailboxes, on which days, make a customer's part of a line. */
export default async function BillingLinePage({
  params,
  searchParams,
}: {
  params: Promise<{ period: string; tenantId: string; dimension: string }>;
  searchParams: Promise<LineList>;
}) {
  const { tenantId, ...place } = await params;
  const period = requirePeriod(place.period);
  const dimension = dimensions.find((it) => it === place.dimension);
  if (dimension === undefined) notFound();
  const { name } = await load(getCustomer(await requireContext(), { tenantId }));
  const refused = await whyNot('usage.read');
  return (
    <Suspense fallback={<LoadingPage what={billingTexts.what} rows={10} />}>
      <Month
        period={period}
        list={{}}
        line={{ tenantId, dimension, list: readList(await searchParams) }}
        crumbs={[
          { label: billingTexts.title, href: paths.billing() },
          { label: monthName(period), href: paths.billingMonth(period) },
          { label: refused === null ? lineCrumb(name, dimension) : lineTexts[dimension].title },
        ]}
      />
    </Suspense>
  );
}

function lineCrumb(name: string, dimension: Dimension): string {
  return billingTexts.explain.crumb(name, lineTexts[dimension].many);
}

function readList({ show, after }: LineList): LineList {
  return {
    show: show === 'all' ? 'all' : undefined,
    after: typeof after === 'string' ? after : undefined,
  };
}
