import { Suspense } from 'react';
import { restorePlanTexts, restoreResultTexts, restoreTexts } from '#app/_texts/restores.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { Section } from '#app/_ui/section.tsx';
import { Rows } from '#app/_ui/skeleton.tsx';
import { Time, TimeIn } from '#app/_ui/time.tsx';
import { plural, span } from '#app/_ui/words.ts';
import { formatCount } from '#lib/core/bytes.ts';
import { destinationWords } from './destination.ts';
import type { NamedRestore } from './named-restore.ts';
import { duration } from './plan.tsx';
import { FailedLines, WrittenLines } from './result-lines.tsx';

const texts = restoreResultTexts;

interface Row {
  name: string;
  planned: string;
  actual: string;
  difference: number | null;
  why: string;
}

/** What did happen, beside what was planned. */
export function ResultPage({
  restore,
  plan,
  unseen,
  after,
  failedAfter,
}: {
  restore: NamedRestore;
  plan: NonNullable<NamedRestore['plan']>;
  /** Why whoever looks may not see what is in the mailbox; null when they may. */
  unseen: string | null;
  /** Where the list of what was written goes on. */
  after: number;
  /** Where that of what failed does. */
  failedAfter: number;
}) {
  const { counts } = restore;
  const key = { tenantId: restore.tenantId, restoreId: restore.id };
  const planned = plan.write;
  const leftAlone = plan.present + plan.changed;
  // An item that is there and differs counts as written and as failed; here it is counted once.
  const differs = Math.max(
    0,
    counts.written + counts.skipped + counts.failed + counts.open - counts.total,
  );
  const notWritten = counts.failed - differs;
  const whole = counts.verified === counts.written && counts.open === 0;
  const took =
    restore.startedAt && restore.endedAt
      ? span(restore.endedAt.getTime() - restore.startedAt.getTime())
      : texts.notStarted;
  const row = (name: string, expected: number, actual: number, why = ''): Row => ({
    name,
    planned: formatCount(expected),
    actual: formatCount(actual),
    difference: actual - expected,
    why,
  });
  const rows: Row[] = [
    row(texts.rows.written, planned, counts.written),
    row(texts.rows.equal, planned, counts.verified),
    row(texts.rows.skipped, leftAlone, counts.skipped),
    row(texts.rows.notWritten, plan.cannot, notWritten, notWritten > 0 ? texts.below : ''),
    ...(counts.open > 0 ? [row(texts.rows.notReached, 0, counts.open)] : []),
    {
      name: texts.rows.time,
      planned: duration(plan, restorePlanTexts.betweenInColumn),
      actual: took,
      difference: null,
      why: '',
    },
  ];
  const inCopy = planned + leftAlone + plan.cannot;
  return (
    <div className="grid grid-cols-1 content-start gap-x-10 gap-y-6 px-4 pb-8 sm:px-6 wide:grid-cols-[minmax(0,1fr)_20.5rem]">
      <div className="min-w-0 space-y-6">
        <div>
          <div className="flex items-center gap-3">
            <span
              aria-hidden
              className={`flex size-9 shrink-0 items-center justify-center rounded-full ${whole ? 'bg-ok-tint text-ok-mark' : 'bg-late-tint text-late-mark'}`}
            >
              <Icon name={whole ? 'check' : 'alert'} className="size-4" />
            </span>
            <p className="text-2xl font-semibold tracking-tight max-sm:text-xl">
              {counts.verified === counts.written
                ? texts.back(plural(counts.verified, 'item is', 'items are'))
                : texts.backSome(
                    plural(counts.written, 'item is', 'items are'),
                    formatCount(counts.verified),
                  )}
              {counts.failed > 0 ? texts.failed(formatCount(counts.failed)) : ''}
            </p>
          </div>
          <p className="mt-1.5 text-ink-2">
            {texts.compared(formatCount(counts.verified), formatCount(counts.written))}
          </p>
        </div>
        <Section
          title={texts.beside}
          note={
            restore.plannedAt ? <TimeIn say={restorePlanTexts.of} at={restore.plannedAt} /> : null
          }
        >
          <table className="list">
            <thead>
              <tr>
                <th scope="col">
                  <span className="sr-only">{texts.columns.what}</span>
                </th>
                <th scope="col" className="num">
                  {texts.columns.plan}
                </th>
                <th scope="col" className="num">
                  {texts.columns.actual}
                </th>
                <th scope="col" className="num max-lg:pr-0 max-[22.4rem]:hidden">
                  {texts.columns.difference}
                </th>
                <th scope="col" className="pl-8 max-lg:hidden">
                  <span className="sr-only">{texts.columns.why}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ name, planned: plannedText, actual, difference, why }) => (
                <tr key={name}>
                  <td className="font-medium">{name}</td>
                  <td className="num min-w-18 text-ink-2 max-sm:whitespace-normal!">
                    {plannedText}
                  </td>
                  <td className="num font-semibold">{actual}</td>
                  <td className="num max-lg:pr-0 max-[22.4rem]:hidden">
                    <Difference value={difference} />
                  </td>
                  <td className="pl-8 text-ink-2 max-lg:hidden">{why}</td>
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row">{texts.all}</th>
                <td className="num">{formatCount(inCopy)}</td>
                <td className="num">{formatCount(counts.total)}</td>
                <td className="num max-lg:pr-0 max-[22.4rem]:hidden">
                  <Difference value={counts.total - inCopy} />
                </td>
                <td className="pl-8 font-normal text-ink-2 max-lg:hidden">
                  {sum([counts.written, counts.skipped, notWritten, counts.open])}
                </td>
              </tr>
            </tfoot>
          </table>
        </Section>
        {unseen !== null ? (
          <p className="text-sm text-ink-2">{restoreTexts.lines.unseen(unseen)}</p>
        ) : (
          <>
            {counts.failed > 0 ? (
              <Suspense key={failedAfter} fallback={<Rows count={Math.min(20, counts.failed)} />}>
                <FailedLines restore={key} failed={counts.failed} after={failedAfter} />
              </Suspense>
            ) : null}
            {counts.written > 0 ? (
              <Suspense key={after} fallback={<Rows count={Math.min(20, counts.written)} />}>
                <WrittenLines
                  restore={key}
                  written={counts.written}
                  replaced={restore.collisions === 'replace' && plan.changed + plan.present > 0}
                  after={after}
                />
              </Suspense>
            ) : (
              <p className="text-sm text-ink-2">{restoreTexts.takeBack.none}</p>
            )}
          </>
        )}
      </div>
      <aside className="space-y-6">
        <Section title={texts.happened}>
          <dl className="grid grid-cols-[8.5rem_1fr] gap-y-2 text-sm">
            {restore.plannedAt ? (
              <Event at={restore.plannedAt} what={texts.events.planned} />
            ) : null}
            {restore.startedAt ? (
              <Event at={restore.startedAt} what={texts.events.started} />
            ) : null}
            {restore.endedAt ? (
              <Event
                at={restore.endedAt}
                what={
                  restore.state === 'done'
                    ? texts.events.done(plural(counts.verified, 'item'))
                    : restore.state === 'cancelled'
                      ? texts.events.cancelled
                      : texts.events.stopped
                }
              />
            ) : null}
          </dl>
        </Section>
        <hr className="border-line" />
        <Section title={texts.went}>
          <p className="text-sm text-ink-2">
            <strong className="font-semibold text-ink">{restore.targetMailboxName}</strong>,{' '}
            {destinationWords(restore)}
            {restore.takenAt ? (
              <TimeIn say={restorePlanTexts.fromCopy} at={restore.takenAt} />
            ) : null}
            .
          </p>
        </Section>
      </aside>
    </div>
  );
}

/** 34 + 35 + 2; nothing where there is nothing to add. */
function sum(parts: number[]): string {
  const shown = parts.filter((count) => count > 0);
  return shown.length > 1 ? shown.map(formatCount).join(' + ') : '';
}

function Event({ at, what }: { at: Date; what: string }) {
  return (
    <>
      <dt className="text-ink-2">
        <Time at={at} as="short" />
      </dt>
      <dd>{what}</dd>
    </>
  );
}

function Difference({ value }: { value: number | null }) {
  if (value === null) return null;
  if (value === 0) return <span className="font-normal text-ink-2">0</span>;
  return (
    <span className="font-medium text-late-ink">
      {value > 0 ? '+' : '−'}
      {formatCount(Math.abs(value))}
    </span>
  );
}
