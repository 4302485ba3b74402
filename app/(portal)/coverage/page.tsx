import type { Metadata } from 'next';
import Link from 'next/link';
import { requireContext } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { outcomeTexts, coverageTexts as texts } from '#app/_texts/fleet.ts';
import { buttonClass } from '#app/_ui/button.tsx';
import { Narrowed } from '#app/_ui/choices.tsx';
import { Icon } from '#app/_ui/icon.tsx';
import { Live } from '#app/_ui/live.tsx';
import { OutcomeLegend } from '#app/_ui/outcome-cell.tsx';
import { Empty } from '#app/_ui/states.tsx';
import { TimeIn } from '#app/_ui/time.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { createWords } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { type CoverageRow, listCoverage } from '#lib/services/coverage/list.ts';
import { spans } from '#lib/services/coverage/rules.ts';
import { stampFleet } from '#lib/services/figures/stamp.ts';
import { readCoverageList } from './parts/coverage-list.ts';
import { dayWords } from './parts/day-words.ts';
import { Matrix } from './parts/matrix.tsx';
import { patternsOf } from './parts/patterns.ts';

export const metadata: Metadata = { title: texts.title };

const perPage = 20;

/** One bad night or a habit? A night is a column, a habit is a row. */
export default async function CoveragePage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const list = readCoverageList(await searchParams);
  const ctx = await requireContext();
  const { zone, now } = await reading();
  const [coverage, { stamp }] = await load(
    Promise.all([listCoverage(ctx, { zone, days: list.days }), stampFleet(ctx)]),
  );
  const words = createWords(zone, now);
  const all = coverage.rows.length;
  const bad = coverage.rows.filter((row) => row.good < row.of || row.of === 0);
  const day = coverage.days.findIndex(({ date }) => date === list.day);
  const wanted =
    day >= 0 ? troubledOn(coverage.rows, day) : list.show === 'bad' ? bad : coverage.rows;
  const pages = Math.max(1, Math.ceil(wanted.length / perPage));
  const page = Math.min(list.page, pages);
  const rows = wanted.slice((page - 1) * perPage, page * perPage);
  const at = { days: list.days, show: list.show, day: day >= 0 ? list.day : undefined };
  const patterns = patternsOf(coverage);

  return (
    <>
      <TopBar crumbs={[{ label: texts.title }]} />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 pt-5 sm:px-6">
        <h1 className="text-xl font-semibold">{texts.title}</h1>
        <nav aria-label={texts.range}>
          <ul className="flex rounded-md border border-line p-0.5">
            {spans.map((span) => (
              <li key={span}>
                <Link
                  href={paths.coverage({ ...at, days: span })}
                  prefetch={false}
                  aria-current={span === list.days ? 'page' : undefined}
                  className={`flex h-7 items-center rounded-sm px-2.5 text-sm max-sm:h-10 ${span === list.days ? 'bg-hover font-semibold' : 'text-ink-2 hover:text-ink'}`}
                >
                  {texts.days(span)}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <Link
          href={paths.coverage({ ...at, show: list.show === 'bad' ? 'all' : 'bad' })}
          prefetch={false}
          className={buttonClass('secondary')}
        >
          {list.show === 'bad' ? (
            <>
              {texts.onlyBad}
              <Icon name="x" className="size-3.5" />
            </>
          ) : (
            texts.onlyBad
          )}
        </Link>
        {at.day === undefined ? null : (
          <Narrowed
            name={texts.onlyDay(dayWords(at.day).name)}
            drop={texts.drop}
            href={paths.coverage({ ...at, day: undefined })}
          />
        )}
        <span className="ml-auto max-sm:hidden">
          <Live
            from={paths.fleetProgress()}
            stamp={stamp}
            text={<TimeIn say={texts.asOf} at={now} as="clock" inside />}
            everyMs={5000}
            about={['run', 'customer']}
          />
        </span>
        <a href={paths.coverageFile({ days: list.days })} className={buttonClass()}>
          <Icon name="download" className="size-4" />
          {texts.csv}
        </a>
      </div>
      <div className="flex flex-wrap items-center gap-x-6 gap-y-2 px-4 py-3 text-sm text-ink-2 sm:px-6">
        <p>{[texts.zone(zone), ...patterns].join(' ')}</p>
        <div className="ml-auto max-sm:ml-0">
          <OutcomeLegend words={outcomeTexts} />
        </div>
      </div>
      {all === 0 ? (
        <div className="px-4 sm:px-6">
          <Empty icon="grid" title={texts.emptyTitle}>
            {texts.empty}
          </Empty>
        </div>
      ) : rows.length === 0 ? (
        <div className="px-4 sm:px-6">
          <Empty icon="check" title={texts.emptyGoodTitle(all)}>
            {texts.emptyGood(words.clock(now))}
          </Empty>
        </div>
      ) : (
        <div className="relative min-w-0 px-4 sm:px-6 sm:max-wide:overflow-x-auto">
          <Matrix coverage={coverage} rows={rows} detail label={texts.grid} />
        </div>
      )}
      <div className="mt-auto flex flex-wrap gap-x-4 px-4 py-3 text-sm text-ink-2 sm:px-6">
        <p>
          {wanted.length > rows.length
            ? texts.rows((page - 1) * perPage + 1, (page - 1) * perPage + rows.length)
            : ''}
          {texts.shown(wanted.length, all)}
        </p>
        {list.show === 'bad' && all > bad.length ? (
          <Link
            href={paths.coverage({ ...at, show: 'all' })}
            prefetch={false}
            className="quiet-link"
          >
            {texts.showAll}
          </Link>
        ) : null}
        {page > 1 ? (
          <Link
            href={paths.coverage({ ...at, page: page - 1 })}
            prefetch={false}
            className="quiet-link"
          >
            {texts.previous(perPage)}
          </Link>
        ) : null}
        {page < pages ? (
          <Link
            href={paths.coverage({ ...at, page: page + 1 })}
            prefetch={false}
            className="quiet-link"
          >
            {texts.next(Math.min(perPage, wanted.length - page * perPage))}
          </Link>
        ) : null}
      </div>
    </>
  );
}

function troubledOn(rows: CoverageRow[], day: number): CoverageRow[] {
  return rows.filter(({ outcomes }) => outcomes[day] === 'late' || outcomes[day] === 'failed');
}
