import type { Metadata } from 'next';
import Link from 'next/link';
import { requireContext } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { runTexts as texts } from '#app/_texts/runs.ts';
import { ButtonLink } from '#app/_ui/button.tsx';
import { Chip } from '#app/_ui/chip.tsx';
import { Choices, Narrowed } from '#app/_ui/choices.tsx';
import { Live } from '#app/_ui/live.tsx';
import { Empty, NoMatch } from '#app/_ui/states.tsx';
import { Status } from '#app/_ui/status.tsx';
import { Time, TimeIn } from '#app/_ui/time.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { createWords, plural, span } from '#app/_ui/words.ts';
import { paths, type RunsList } from '#app/paths.ts';
import { formatCount } from '#lib/core/bytes.ts';
import { stampFleet } from '#lib/services/figures/stamp.ts';
import { type FleetRun, listAllRuns } from '#lib/services/runs/list-all.ts';
import { positionOf, positionText } from '../../parts/age-position.ts';
import { oneOf, oneValue, type Query } from '../../parts/query.ts';
import { runLook } from '../parts/run-state.ts';

export const metadata: Metadata = { title: texts.title };

const shownAtOnce = 50;
const usual = ['open', 'problems', 'done'] as const;
/** What numbers on other pages lead to. */
const counted = ['copied', 'stopped', 'unexplained'] as const;

/** Runs of every customer, newest first; what narrows the list stands in the address. */
export default async function RunsPage({ searchParams }: { searchParams: Promise<Query> }) {
  const query = await searchParams;
  const show = oneOf(query, 'show', [...usual, ...counted]);
  const since = sinceOf(oneValue(query, 'since'));
  const trigger = oneOf(query, 'trigger', ['schedule', 'manual', 'onboarding']);
  const customer = oneValue(query, 'customer');
  const after = oneValue(query, 'after');
  const narrowed: RunsList = { show, trigger, customer, since };
  const ctx = await requireContext();
  const [runs, { stamp }] = await load(
    Promise.all([
      listAllRuns(ctx, {
        show: show ?? 'all',
        trigger,
        tenantId: customer,
        since: since === undefined ? undefined : new Date(since),
        after: positionOf(after),
        limit: shownAtOnce,
      }),
      stampFleet(ctx),
    ]),
  );
  const { zone, now } = await reading();
  const words = createWords(zone, now);
  const last = runs.length === shownAtOnce ? runs.at(-1) : undefined;
  const isNarrow = Object.values(narrowed).some((value) => value !== undefined);
  const numbered = counted.find((name) => name === show);

  return (
    <>
      <TopBar crumbs={[{ label: texts.title }]} />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 pt-5 pb-3 sm:px-6">
        <h1 className="text-xl font-semibold max-sm:sr-only">{texts.title}</h1>
        <Choices
          label={texts.show.label}
          choices={[undefined, ...usual].map((name) => ({
            name: texts.show[name ?? 'all'],
            href: paths.runs({ ...narrowed, show: name }),
            on: show === name,
          }))}
        />
        {numbered ? (
          <Narrowed
            name={texts.counted[numbered]}
            drop={texts.drop}
            href={paths.runs({ ...narrowed, show: undefined })}
          />
        ) : null}
        {since === undefined ? null : (
          <Narrowed
            name={texts.since(words.short(new Date(since)))}
            drop={texts.drop}
            href={paths.runs({ ...narrowed, since: undefined })}
          />
        )}
        {customer && runs[0] ? (
          <Narrowed
            name={texts.only(runs[0].customer)}
            drop={texts.drop}
            href={paths.runs({ ...narrowed, customer: undefined })}
          />
        ) : null}
        {trigger ? (
          <Narrowed
            name={texts.triggers[trigger]}
            drop={texts.drop}
            href={paths.runs({ ...narrowed, trigger: undefined })}
          />
        ) : null}
        <p className="ml-auto flex items-center gap-2 text-xs text-ink-3">
          {texts.newestFirst},
          <Live
            from={paths.fleetProgress()}
            stamp={stamp}
            text={<TimeIn say={texts.asOf} at={now} as="clock" inside />}
            everyMs={5000}
            about={['run']}
          />
        </p>
      </div>
      {runs.length === 0 ? (
        <div className="px-4 pb-8 sm:px-6">
          {isNarrow || after ? (
            <NoMatch one={texts.one} clear={paths.runs()} />
          ) : (
            <Empty icon="activity" title={texts.none}>
              {texts.noneNote}
            </Empty>
          )}
        </div>
      ) : (
        <RunTable runs={runs} narrowed={narrowed} now={now} />
      )}
      <div className="flex gap-3 px-4 py-4 sm:px-6">
        {after ? <ButtonLink href={paths.runs(narrowed)}>{texts.newest}</ButtonLink> : null}
        {last ? (
          <ButtonLink href={paths.runs({ ...narrowed, after: positionText(last) })}>
            {texts.older}
          </ButtonLink>
        ) : null}
      </div>
    </>
  );
}

/** A moment in an address; undefined for what is none. */
function sinceOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,14}$/.test(text) ? Number(text) : undefined;
}

function RunTable({ runs, narrowed, now }: { runs: FleetRun[]; narrowed: RunsList; now: Date }) {
  return (
    <table className="list list-wide">
      <thead>
        <tr>
          <th scope="col" className="w-px pr-6">
            {texts.columns.state}
          </th>
          <th scope="col">{texts.columns.customer}</th>
          <th scope="col" className="max-lg:hidden">
            {texts.columns.why}
          </th>
          <th scope="col" className="num max-lg:hidden">
            {texts.columns.listed}
          </th>
          <th scope="col" className="num max-lg:hidden">
            {texts.columns.stored}
          </th>
          <th scope="col" className="num max-sm:hidden">
            {narrowed.show === 'unexplained' ? texts.columns.unexplained : texts.columns.leftOut}
          </th>
          <th scope="col" className="num max-sm:hidden">
            {texts.columns.took}
          </th>
          <th scope="col" className="num">
            {texts.columns.started}
          </th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => {
          const look = runLook(run.state);
          const leftOut = run.counts.skipped + run.counts.failed;
          const took = (run.endedAt ?? now).getTime() - (run.startedAt ?? run.createdAt).getTime();
          return (
            <tr key={run.id}>
              <td className="pr-6">
                <Status kind={look.kind}>
                  <span className="max-[26rem]:sr-only">{look.word}</span>
                </Status>
              </td>
              <td>
                <span className="flex items-center gap-2.5">
                  <Link
                    href={paths.runs({ ...narrowed, customer: run.tenantId })}
                    prefetch={false}
                    className="rounded-md max-sm:hidden"
                  >
                    <Chip text={run.initials} size="sm" />
                    <span className="sr-only">{texts.only(run.customer)}</span>
                  </Link>
                  <Link
                    href={paths.run(run.tenantId, run.id)}
                    prefetch={false}
                    className="min-w-0 break-words font-medium hover:text-accent hover:underline"
                  >
                    {run.customer}
                  </Link>
                </span>
                <span className="block text-xs text-ink-2 sm:hidden">
                  <span aria-hidden className="min-[26rem]:hidden">
                    {look.word},{' '}
                  </span>
                  {texts.listedIn(plural(run.counts.enumerated, 'item'), span(took))}
                </span>
              </td>
              <td className="text-ink-2 max-lg:hidden">{texts.triggers[run.trigger]}</td>
              <Count
                value={run.counts.enumerated}
                href={paths.run(run.tenantId, run.id, { show: 'all' })}
              />
              <Count
                value={run.counts.stored}
                href={paths.run(run.tenantId, run.id, { show: 'stored' })}
              />
              {narrowed.show === 'unexplained' ? (
                <Count
                  value={run.counts.open}
                  href={paths.run(run.tenantId, run.id, { show: 'open' })}
                  from="sm"
                />
              ) : (
                <Count
                  value={leftOut}
                  href={paths.run(run.tenantId, run.id, { show: 'left-out' })}
                  from="sm"
                />
              )}
              <td className="num text-ink-2 max-sm:hidden">{span(took)}</td>
              <td className="num max-sm:whitespace-normal!">
                <Time at={run.startedAt ?? run.createdAt} as="short" inside />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** @param from hidden where the window is narrower */
function Count({ value, href, from = 'lg' }: { value: number; href: string; from?: 'sm' | 'lg' }) {
  return (
    <td className={`num ${from === 'sm' ? 'max-sm:hidden' : 'max-lg:hidden'}`}>
      {value === 0 ? (
        <span className="text-ink-3">0</span>
      ) : (
        <Link href={href} prefetch={false} className="number-link">
          {formatCount(value)}
        </Link>
      )}
    </td>
  );
}
