import type { Metadata } from 'next';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { load } from '#app/_server/failures.ts';
import { myTexts } from '#app/_texts/my.ts';
import { Time } from '#app/_ui/time.tsx';
import { paths } from '#app/paths.ts';
import { listAudit } from '#lib/services/audit/list.ts';
import { administratorHome } from '../../parts/administrator-home.ts';
import { Column, pageTitle, quietAct, rows } from '../../parts/column.tsx';
import { Nothing } from '../../parts/nothing.tsx';
import { lookedAt, sentenceOf } from './parts/sentence.ts';
import { isOfProvider, whoOf } from './parts/who.ts';

const texts = myTexts.audit;

export const metadata: Metadata = { title: texts.title };

const asked = 200;

/** Who looked at what, in sentences with names. */
export default async function MyAuditPage({
  searchParams,
}: {
  searchParams: Promise<{ show?: string; mailbox?: string; before?: string }>;
}) {
  const { show, mailbox, before } = await searchParams;
  const { ctx, viewer, mailboxes } = await administratorHome();
  const { tenantId, mspName } = viewer;
  const everybody = show === 'all';
  const start = new Date(before ?? '');
  const events = await load(
    listAudit(ctx, {
      tenantId,
      limit: asked,
      before: Number.isNaN(start.getTime()) ? undefined : start,
    }),
  );
  const of = mailboxes.find(({ id }) => id === mailbox);
  const names = new Map(mailboxes.map(({ id, name }) => [id, name]));
  const shown = events.filter(
    (event) =>
      lookedAt(event) &&
      (everybody || isOfProvider(event, viewer.user.subject)) &&
      (of === undefined || event.facts.mailboxId === of.id),
  );
  const last = events.length === asked ? events.at(-1) : undefined;
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
      {shown.length === 0 ? (
        <Nothing icon="eye" title={everybody ? texts.empty : texts.emptyStaff(mspName)}>
          {texts.emptyNote}
        </Nothing>
      ) : (
        <ul className={rows}>
          {shown.map((event) => (
            <li key={event.seq} className="px-4 py-3">
              <p className="break-words">
                <strong className="font-semibold">
                  {whoOf(event, { mspName, subject: viewer.user.subject })}
                </strong>{' '}
                {sentenceOf(event, names)}
              </p>
              <p className="text-base text-ink-2">
                <Time at={event.at} />
              </p>
            </li>
          ))}
        </ul>
      )}
      {last ? (
        <Link
          href={paths.myAudit({ show, mailbox: of?.id, before: last.at.toISOString() })}
          prefetch={false}
          className={`${quietAct} w-full`}
        >
          {texts.older}
        </Link>
      ) : null}
    </Column>
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
