import type { Metadata } from 'next';
import Link from 'next/link';
import { requireContext } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { customerTexts } from '#app/_texts/customer.ts';
import { Section } from '#app/_ui/section.tsx';
import { paths } from '#app/paths.ts';
import { daysOf } from '#lib/services/coverage/days.ts';
import { listRuns } from '#lib/services/runs/list.ts';
import { dayWords } from '../../../../coverage/parts/day-words.ts';
import { RunLines } from '../../../../runs/parts/run-lines.tsx';

export const metadata: Metadata = { title: customerTexts.titles.runs };

const texts = customerTexts.runs;
/** More lines than anybody reads here; the list of all runs goes on. */
const shown = 200;
/** As far back as the coverage shows. */
const daysBack = 31;

/** All runs, or those of one day of the viewer: what stands behind a cell of the coverage. */
export default async function CustomerRunsPage({
  params,
  searchParams,
}: {
  params: Promise<{ tenantId: string }>;
  searchParams: Promise<{ day?: string | string[] }>;
}) {
  const { tenantId } = await params;
  const asked = (await searchParams).day;
  const { zone, now } = await reading();
  const day = daysOf(zone, now, daysBack).find(({ date }) => date === asked);
  const span = day === undefined ? {} : { from: day.start, until: day.end };
  const runs = await load(listRuns(await requireContext(), { tenantId, limit: shown, ...span }));
  return (
    <div className="px-4 py-4 sm:px-6">
      <Section
        title={day === undefined ? texts.title : texts.ofDay(dayWords(day.date).name)}
        note={customerTexts.newestFirst}
        act={
          day === undefined ? undefined : (
            <Link href={paths.customerRuns(tenantId)} prefetch={false} className="quiet-link">
              {texts.allDays}
            </Link>
          )
        }
      >
        {day !== undefined && runs.length === 0 ? (
          <p className="text-sm text-ink-2">{texts.noneOfDay}</p>
        ) : (
          <>
            <RunLines tenantId={tenantId} runs={runs} />
            {runs.length === shown ? (
              <p className="py-3 text-sm">
                <Link
                  href={paths.runs({ customer: tenantId })}
                  prefetch={false}
                  className="quiet-link"
                >
                  {texts.older(shown)}
                </Link>
              </p>
            ) : null}
          </>
        )}
      </Section>
    </div>
  );
}
