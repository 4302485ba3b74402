import type { Metadata } from 'next';
import Link from 'next/link';
import { Suspense } from 'react';
import { requireContext } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { leaversTexts as texts } from '#app/_texts/fleet.ts';
import { ButtonLink } from '#app/_ui/button.tsx';
import { Live } from '#app/_ui/live.tsx';
import { LoadingPage } from '#app/_ui/skeleton.tsx';
import { Empty } from '#app/_ui/states.tsx';
import { Status } from '#app/_ui/status.tsx';
import { Time, TimeIn } from '#app/_ui/time.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { createWords, plural } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { formatCount } from '#lib/core/bytes.ts';
import { stampFleet } from '#lib/services/figures/stamp.ts';
import { getLeaver } from '#lib/services/leavers/get.ts';
import { listLeavers } from '#lib/services/leavers/list.ts';
import { positionOf, positionText } from '../parts/age-position.ts';
import { oneValue, type Query } from '../parts/query.ts';
import { Ladder } from './parts/ladder.tsx';
import { leaverLook, leaverSentence } from './parts/leaver-look.ts';
import { SealedCard } from './parts/sealed-card.tsx';

export const metadata: Metadata = { title: texts.title };

const perPage = 50;

/** May the licence go, and what is kept? */
export default async function LeaversPage({ searchParams }: { searchParams: Promise<Query> }) {
  const query = await searchParams;
  const given = (name: string) => oneValue(query, name) || undefined;
  const whose = { customer: given('customer'), mailbox: given('mailbox'), after: given('after') };
  const page = <Leavers {...whose} />;
  // Whose it is must be known before anything is sent, or what is not there would answer as a page.
  if (whose.customer !== undefined) return page;
  return (
    <Suspense fallback={<LoadingPage title={texts.title} what={texts.loading} tall />}>
      {page}
    </Suspense>
  );
}

async function Leavers({
  customer,
  mailbox,
  after,
}: {
  customer: string | undefined;
  mailbox: string | undefined;
  after: string | undefined;
}) {
  const ctx = await requireContext();
  const whose = customer === undefined ? {} : { tenantId: customer };
  const [{ total, safe, leavers, next }, { stamp }] = await load(
    Promise.all([
      listLeavers(ctx, { ...whose, after: positionOf(after), limit: perPage }),
      stampFleet(ctx),
    ]),
  );
  const chosen =
    customer !== undefined && mailbox !== undefined
      ? await load(getLeaver(ctx, { tenantId: customer, mailboxId: mailbox }))
      : null;
  const { zone, now } = await reading();
  const words = createWords(zone, now);
  const look = total - safe;

  return (
    <>
      <TopBar
        crumbs={
          chosen === null
            ? [{ label: texts.title }]
            : [{ label: texts.title, href: paths.leavers() }, { label: chosen.name }]
        }
      />
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1 border-b border-line px-4 py-4 sm:px-6">
        <h1 className="text-xl font-semibold">{texts.title}</h1>
        <p className="text-sm text-ink-2">
          <strong className="font-semibold text-ink">{formatCount(look)}</strong> {texts.look(look)}{' '}
          · <strong className="font-semibold text-ink">{formatCount(safe)}</strong> {texts.safe}
        </p>
        {customer !== undefined ? (
          <Link href={paths.leavers()} prefetch={false} className="quiet-link text-sm">
            {texts.all}
          </Link>
        ) : null}
        <span className="ml-auto">
          <Live
            from={paths.fleetProgress()}
            stamp={stamp}
            text={<TimeIn say={texts.asOf} at={now} as="clock" inside />}
            everyMs={5000}
            about={['customer']}
          />
        </span>
      </div>
      {leavers.length === 0 ? (
        <div className="px-4 py-4 sm:px-6">
          <Empty icon="leaver" title={texts.emptyTitle}>
            {texts.empty(words.clock(now))}
          </Empty>
        </div>
      ) : (
        <div className="grid flex-1 content-start wide:grid-cols-[minmax(0,1fr)_26rem]">
          <div className={`min-w-0 ${chosen === null ? '' : 'max-wide:hidden'}`}>
            <table className="list list-wide">
              <thead>
                <tr>
                  <th scope="col" className="w-px pr-6">
                    {texts.columns.state}
                  </th>
                  <th scope="col">{texts.columns.who}</th>
                  <th scope="col" className="num">
                    {texts.columns.sealed}
                  </th>
                </tr>
              </thead>
              <tbody>
                {leavers.map((leaver) => {
                  const status = leaverLook(leaver.state);
                  const current = leaver.mailboxId === mailbox;
                  return (
                    <tr
                      key={leaver.mailboxId}
                      className={current ? '[&>*]:bg-selected' : undefined}
                    >
                      <td className="h-14! pr-6">
                        <Status kind={status.kind}>{status.word}</Status>
                        <span className="mt-1 block max-sm:hidden">
                          <Ladder leaver={leaver} />
                        </span>
                      </td>
                      <td>
                        <Link
                          href={paths.leavers({
                            customer: leaver.tenantId,
                            mailbox: leaver.mailboxId,
                            after: customer === undefined ? undefined : after,
                          })}
                          prefetch={false}
                          aria-current={current ? 'true' : undefined}
                          className="font-medium hover:text-accent hover:underline"
                        >
                          {leaver.name}
                        </Link>{' '}
                        <span className="text-ink-2">{leaver.customer}</span>
                        <span className="block text-ink-2">{leaverSentence(leaver)}</span>
                      </td>
                      <td className="num">
                        <Time at={leaver.sealedAt} as="day" />
                      </td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
            <p className="px-4 py-3 text-xs text-ink-3 sm:px-6">
              {texts.steps}
              {total > leavers.length
                ? ` ${texts.shown(leavers.length, plural(total, 'mailbox', 'mailboxes'))}`
                : ''}
            </p>
            <div className="flex gap-3 px-4 pb-4 sm:px-6">
              {after ? (
                <ButtonLink href={paths.leavers({ customer })}>{texts.newest}</ButtonLink>
              ) : null}
              {next ? (
                <ButtonLink
                  href={paths.leavers({
                    customer,
                    after: positionText({ createdAt: next.at, id: next.id }),
                  })}
                >
                  {texts.older}
                </ButtonLink>
              ) : null}
            </div>
          </div>
          <div className="border-line bg-canvas px-4 py-5 sm:px-6 wide:border-l">
            {chosen === null ? (
              <p className="text-sm text-ink-2">{texts.choose}</p>
            ) : (
              <SealedCard leaver={chosen} />
            )}
          </div>
        </div>
      )}
    </>
  );
}
