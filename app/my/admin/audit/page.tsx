import type { Metadata } from 'next';
import Link from 'next/link';
import { type ReactNode, Suspense } from 'react';
import { load } from '#app/_server/failures.ts';
import { myTexts } from '#app/_texts/my.ts';
import { Time } from '#app/_ui/time.tsx';
import { paths } from '#app/paths.ts';
import { administratorHome } from '../../parts/administrator-home.ts';
import { Column, pageTitle, quietAct, rows } from '../../parts/column.tsx';
import type { Home } from '../../parts/home.ts';
import { RowsLoading } from '../../parts/my-loading.tsx';
import { Nothing } from '../../parts/nothing.tsx';
import { listLooks } from './parts/looks.ts';
import { sentenceOf } from './parts/sentence.ts';
import { whoOf } from './parts/who.ts';

const texts = myTexts.audit;

export const metadata: Metadata = { title: texts.title };

const enough = 60;

/** Who looked at what, in sentences with names. */
export default async function MyAuditPage({
  searchParams,
}: {
  searchParams: Promise<{ show?: string; mailbox?: string; after?: string }>;
}) {
  const { show, mailbox, after } = await searchParams;
  const found = await administratorHome();
  const { viewer, mailboxes } = found;
  const { mspName } = viewer;
  const everybody = show === 'all';
  const of = mailboxes.find(({ id }) => id === mailbox);
  return (
    <Column className="space-y-4">
      <div>
        <h1 className={pageTitle}>{texts.title}</h1>
        <p className="text-base text-ink-2">{texts.note(mspName)}</p>
      </div>
      <div className="flex flex-wrap gap-2">
        <Filter href={paths.myAudit({ mailbox: of?.id })} on={!everybody}>
          {texts.staff(mspName)}
        </Filter>
        <Filter href={paths.myAudit({ mailbox: of?.id, show: 'all' })} on={everybody}>
          {texts.all}
        </Filter>
        {of ? (
          <Filter href={paths.myAudit({ show })} on label={texts.clear}>
            {texts.of(of.name)} ×
          </Filter>
        ) : null}
      </div>
      <Suspense
        key={`${show} ${of?.id} ${after}`}
        fallback={<RowsLoading what={texts.loading} count={8} />}
      >
        <Looks found={found} everybody={everybody} mailboxId={of?.id} after={after} />
      </Suspense>
    </Column>
  );
}

/** Below the check who may see them, so that for others the page stays missing. */
async function Looks({
  found: { ctx, viewer },
  everybody,
  mailboxId,
  after,
}: {
  found: Home;
  everybody: boolean;
  mailboxId: string | undefined;
  after: string | undefined;
}) {
  const { tenantId, mspName, user } = viewer;
  const { events, next } = await load(
    listLooks(ctx, {
      tenantId,
      subject: user.subject,
      everybody,
      mailboxId,
      after,
      enough,
    }),
  );
  return (
    <>
      {events.length === 0 ? (
        <Nothing icon="eye" title={everybody ? texts.empty : texts.emptyStaff(mspName)}>
          {texts.emptyNote}
        </Nothing>
      ) : (
        <ul className={rows}>
          {events.map((event) => (
            <li key={`${event.chainId} ${event.seq}`} className="px-4 py-3">
              <p className="break-words">
                <strong className="font-semibold">
                  {whoOf(event, { mspName, subject: user.subject })}
                </strong>{' '}
                {sentenceOf(event)}
              </p>
              <p className="text-base text-ink-2">
                <Time at={event.at} />
              </p>
            </li>
          ))}
        </ul>
      )}
      {next ? (
        <Link
          href={paths.myAudit({
            show: everybody ? 'all' : undefined,
            mailbox: mailboxId,
            after: next,
          })}
          prefetch={false}
          className={`${quietAct} w-full`}
        >
          {texts.older}
        </Link>
      ) : null}
    </>
  );
}

function Filter({
  href,
  on,
  label,
  children,
}: {
  href: string;
  on: boolean;
  label?: string;
  children: ReactNode;
}) {
  return (
    <Link
      href={href}
      prefetch={false}
      aria-label={label}
      aria-current={on && !label ? 'true' : undefined}
      className={`flex min-h-11 items-center rounded-full border px-4 text-base font-medium ${on ? 'border-selected bg-selected' : 'border-line bg-surface hover:bg-hover'}`}
    >
      {children}
    </Link>
  );
}
