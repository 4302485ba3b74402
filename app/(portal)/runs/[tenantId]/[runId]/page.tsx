import type { Metadata } from 'next';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { requireContext } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { Act } from '#app/_ui/act.tsx';
import { Chip } from '#app/_ui/chip.tsx';
import { Icon } from '#app/_ui/icon.tsx';
import { Live } from '#app/_ui/live.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { OutcomeBar, OutcomeEquation } from '#app/_ui/outcome-bar.tsx';
import { Section } from '#app/_ui/section.tsx';
import { Status } from '#app/_ui/status.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { createWords, span } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import type { RunState } from '#db/enums.ts';
import { formatBytes, formatCount } from '#lib/core/bytes.ts';
import { getCustomer } from '#lib/services/customers/get.ts';
import { getRun } from '#lib/services/runs/get.ts';
import { runItems } from '#lib/services/runs/items.ts';
import { isOpen } from '#lib/services/runs/rules.ts';
import { runLook, runStamp, triggerWords } from '../../parts/run-state.ts';
import { cancelRun, pauseRun, resumeRun } from './actions.ts';
import { MailboxProgress } from './parts/mailbox-progress.tsx';
import { remaining } from './parts/remaining.ts';

export const metadata: Metadata = { title: 'Run' };

/** Is it going well, and what did not make it? */
export default async function RunPage({
  params,
  searchParams,
}: {
  params: Promise<{ tenantId: string; runId: string }>;
  searchParams: Promise<{ cause?: string; show?: string }>;
}) {
  const { tenantId, runId } = await params;
  const { cause, show } = await searchParams;
  const ctx = await requireContext();
  const [customer, run, lines] = await load(
    Promise.all([
      getCustomer(ctx, { tenantId }),
      getRun(ctx, { tenantId, runId }),
      cause ? runItems(ctx, { tenantId, runId, cause }) : [],
    ]),
  );
  const { zone, now } = await reading();
  const words = createWords(zone, now);
  const { counts } = run;
  const live = isOpen(run.state);
  const look = runLook(run.state);
  const started = run.startedAt ?? run.createdAt;
  const elapsed = (run.endedAt ?? now).getTime() - started.getTime();
  const settled = counts.enumerated - counts.open;
  const rate = elapsed > 0 ? settled / (elapsed / 1000) : 0;
  const problems = counts.skipped + counts.failed;

  return (
    <>
      <TopBar
        crumbs={[
          { label: 'Runs', href: paths.runs() },
          { label: customer.name, href: paths.customer(tenantId) },
          { label: words.short(started) },
        ]}
        chip={customer.initials}
        title={customer.name}
      />
      <div className="space-y-5 px-4 py-4 sm:px-6">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <span className="max-sm:hidden">
            <Chip text={customer.initials} />
          </span>
          <h1 className="text-xl font-semibold max-sm:text-lg">
            {customer.name}, {triggerWords[run.trigger]}
          </h1>
          <Status kind={look.kind}>
            {look.word}
            {live || run.endedAt ? ` ${tookWord(run.state)}${span(elapsed)}` : ''}
          </Status>
          <div className="ml-auto flex flex-wrap items-center gap-2">
            {live ? (
              <>
                <Live
                  from={paths.runProgress(tenantId, runId)}
                  stamp={runStamp(run)}
                  text={`live, ${words.second(now)}`}
                />
                {run.state === 'paused' ? (
                  <Act action={resumeRun} fields={{ tenantId, runId }}>
                    <Icon name="play" className="size-3.5" />
                    Resume
                  </Act>
                ) : (
                  <Act action={pauseRun} fields={{ tenantId, runId }}>
                    <Icon name="pause" className="size-3.5" />
                    Pause
                  </Act>
                )}
                <Act action={cancelRun} fields={{ tenantId, runId }} weight="plain">
                  Cancel run
                </Act>
              </>
            ) : (
              <p className="text-xs text-ink-3">as of {words.clock(now)}, finished</p>
            )}
          </div>
        </div>
        {run.state === 'cancelled' ? (
          <Notice title="Cancelled" icon="ban">
            {run.reason} Mailboxes that were finished have their new copy; of the others the copies
            taken before stand. The next run goes on from there.
          </Notice>
        ) : run.reason ? (
          <Notice tone={run.state === 'failed' ? 'fail' : 'late'} title="Not complete">
            {run.reason} The copies taken before stand.
          </Notice>
        ) : null}
        <OutcomeBar counts={counts} />
        <OutcomeEquation counts={counts} />
        <div className="flex flex-wrap gap-x-7 gap-y-1 border-y border-line py-2.5 text-sm text-ink-2">
          <span>
            <Strong>
              {formatCount(run.mailboxCounts.done)} of {formatCount(run.mailboxCounts.total)}
            </Strong>{' '}
            mailboxes done
          </span>
          <span>
            <Strong>{rate < 10 ? rate.toFixed(1) : formatCount(Math.round(rate))} items/s</Strong>
          </span>
          <span>
            <Strong>{formatBytes(run.bytes)}</Strong> read, {formatBytes(run.storedBytes)} stored
          </span>
          <span>
            <Strong>{formatCount(run.requests)}</Strong> requests
          </span>
          {live && counts.open > 0 ? (
            <Strong>{remaining(counts.open, rate, elapsed)}</Strong>
          ) : null}
          {live ? (
            <span className="ml-auto text-ink-3 max-lg:hidden">
              earlier copies stand until this one is complete
            </span>
          ) : null}
        </div>
        <Section
          title="By cause"
          note={`${formatCount(counts.skipped)} skipped, ${formatCount(counts.failed)} failed`}
        >
          {problems === 0 && run.byCause.length === 0 ? (
            <p className="text-sm text-ink-2">
              {live
                ? 'Nothing was left out so far.'
                : run.state === 'done'
                  ? 'Nothing was left out.'
                  : 'Nothing was left out of what was read.'}
            </p>
          ) : (
            <ul className="text-sm">
              {run.byCause.map((line) => (
                <li
                  key={`${line.outcome} ${line.cause}`}
                  className="flex min-h-row flex-wrap items-center gap-x-4 border-b border-line py-1"
                >
                  <span
                    className={`flex w-28 items-center gap-2 font-medium ${line.outcome === 'failed' ? 'text-fail-ink' : 'text-late-ink'}`}
                  >
                    <Icon name={line.outcome === 'failed' ? 'x' : 'file'} className="size-3.5" />
                    {formatCount(line.count)} {line.outcome}
                  </span>
                  <span className="min-w-0 flex-1">{line.sentence}</span>
                  <Link
                    href={
                      cause === line.cause
                        ? paths.run(tenantId, runId)
                        : paths.run(tenantId, runId, { cause: line.cause })
                    }
                    scroll={false}
                    prefetch={false}
                    aria-expanded={cause === line.cause}
                    className="quiet-link"
                  >
                    {cause === line.cause ? 'Hide' : `List ${formatCount(line.count)}`}
                  </Link>
                  {cause === line.cause ? (
                    <ul className="basis-full pb-2 pl-32 text-ink-2 max-sm:pl-6">
                      {lines.map((item) => (
                        <li key={item.id} className="flex gap-4 py-0.5">
                          <span className="w-44 truncate">{item.mailbox}</span>
                          <span className="min-w-0 flex-1 truncate text-ink-3">{item.detail}</span>
                          <span className="text-xs text-ink-3">{words.clock(item.at)}</span>
                        </li>
                      ))}
                    </ul>
                  ) : null}
                </li>
              ))}
            </ul>
          )}
        </Section>
        <MailboxProgress
          tenantId={tenantId}
          run={run}
          show={show === 'problems' ? 'problems' : show === 'all' ? 'all' : 'first'}
        />
      </div>
    </>
  );
}

/** running 5 s, paused after 5 s, complete in 5 s. */
function tookWord(state: RunState): string {
  if (state === 'paused') return 'after ';
  return isOpen(state) ? '' : 'in ';
}

function Strong({ children }: { children: ReactNode }) {
  return <strong className="font-semibold text-ink">{children}</strong>;
}
