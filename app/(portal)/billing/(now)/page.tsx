import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { whyNot } from '#app/_server/context.ts';
import { reading } from '#app/_server/viewer.ts';
import { billingTexts as texts } from '#app/_texts/billing.ts';
import { type BillingList, paths } from '#app/paths.ts';
import { dayOf, periodOf } from '#lib/billing/days.ts';
import { Month } from '../parts/month.tsx';
import { periodNow } from '../parts/read.ts';

export const metadata: Metadata = { title: texts.title };

/** Why this amount? The month that runs. */
export default async function BillingPage({
  searchParams,
}: {
  searchParams: Promise<BillingList & { customer?: string }>;
}) {
  const { customer, ...list } = await searchParams;
  const { now } = await reading();
  // Whoever may not see it is told so by the page, and asks the ledger nothing.
  const allowed = (await whyNot('usage.read')) === null;
  const period = allowed ? await periodNow() : periodOf(dayOf(now));
  if (typeof customer === 'string') {
    redirect(paths.billingLine(period, encodeURIComponent(customer), 'protected-mailboxes'));
  }
  return <Month period={period} list={list} line={null} crumbs={[{ label: texts.title }]} />;
}
