import type { Metadata } from 'next';
import Link from 'next/link';
import { type ReactNode, Suspense } from 'react';
import { requireContext, whyNot } from '#app/_server/context.ts';
import { load, part } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { runTexts as texts } from '#app/_texts/runs.ts';
import { Act } from '#app/_ui/act.tsx';
import { Chip } from '#app/_ui/chip.tsx';
import { Icon } from '#app/_ui/icon.tsx';
import { Live } from '#app/_ui/live.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { OutcomeBar, OutcomeEquation } from '#app/_ui/outcome-bar.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { Bar, Loading, Rows } from '#app/_ui/skeleton.tsx';
import { PartFailed } from '#app/_ui/states.tsx';
import { Status } from '#app/_ui/status.tsx';
import { TimeIn } from '#app/_ui/time.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { createWords, span } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import type { RunState } from '#db/enums.ts';
import { formatBytes, formatCount } from '#lib/core/bytes.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { getCustomer } from '#lib/services/customers/get.ts';
import { getRun } from '#lib/services/runs/get.ts';
import { listRunLines } from '#lib/services/runs/lines.ts';
import { isOpen, runOutcomes } from '#lib/services/runs/rules.ts';
import type { RunView } from '#lib/services/runs/view.ts';
import { oneOf, oneValue, type Query } from '../../../parts/query.ts';
import { runLook, runStamp } from '../../parts/run-state.ts';
import { cancelRun, pauseRun, resumeRun } from './actions.ts';
import { ByCause } from './parts/by-cause.tsx';
import { LeftOutOf } from './parts/left-out.tsx';
import { MailboxProgress, type Show } from './parts/mailbox-progress.tsx';
import { remaining } from './parts/remaining.ts';

export const metadata: Metadata = { title: texts.run };

/** Is it going well, and what did not make it? */
export default async function RunPage({
  params,
  searchParams,
}: {
  params: Promise<{ tenantId: string; runId: string }>;
  searchParams: Promise<Query>;
}) {
  const { tenantId, runId } = await params;
  const query = await searchParams;
  const cause = oneValue(query, 'cause');
  const outcome = oneValue(query, 'outcome');
  const show = oneOf(query, 'show', ['problems', 'all', ...runOutcomes]) ?? 'busy';
  const mailbox = oneValue(query, 'mailbox');
  const ctx = await requireContext();
  const [customer, run] = await load(
    Promise.all([
      getCustomer(ctx, { tenantId }),
      // Its sums alone: its mailboxes are read below, once it is known that there is such a run.
      getRun(ctx, { tenantId, runId, mailboxes: 'none' }),
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
  const idle =
    run.state === 'done' &&
    counts.stored + counts.removed + counts.skipped + counts.failed === 0 &&
    run.trigger !== 'onboarding';

  return (
    <>
      <TopBar
        crumbs={[
          { label: texts.title, href: paths.runs() },
          { label: customer.name, href: paths.customer(tenantId) },
          { label: words.short(started), at: started },
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
            {customer.name}, {texts.triggers[run.trigger]}
          </h1>
          <Status kind={look.kind}>
            {look.word}
            {live || run.endedAt ? ` ${tookWord(run.state)}${span(elapsed)}` : ''}
          </Status>
          {customer.policy ? (
            <span className="text-sm text-ink-2 max-sm:hidden">{customer.policy.name}</span>
          ) : null}
          <div className="ml-auto flex flex-wrap items-center gap-2">
            {live ? (
              <>
                <Live
                  from={paths.runProgress(tenantId, runId)}
                  stamp={runStamp(run)}
                  text={<TimeIn say={texts.live} at={now} as="second" inside />}
                />
                <Steering tenantId={tenantId} run={run} />
              </>
            ) : (
              <p className="text-xs text-ink-3">
                <TimeIn say={texts.finished} at={now} as="clock" />
              </p>
            )}
          </div>
        </div>
        {run.state === 'cancelled' ? (
          <Notice title={texts.cancelled} icon="ban">
            {run.reason} {texts.cancelledNote}
          </Notice>
        ) : run.reason ? (
          <Notice tone={run.state === 'failed' ? 'fail' : 'late'} title={texts.notComplete}>
            {run.reason} {texts.notCompleteNote}
          </Notice>
        ) : null}
        <OutcomeBar counts={counts} />
        <OutcomeEquation counts={counts} href={(of) => paths.run(tenantId, runId, { show: of })} />
        <div className="flex flex-wrap gap-x-7 gap-y-1 border-y border-line py-2.5 text-sm text-ink-2">
          {live && counts.enumerated > 0 ? (
            <span>
              <Strong>{Math.floor((settled / counts.enumerated) * 100)} %</Strong> {texts.settled}
            </span>
          ) : null}
          <span>
            <Strong>
              <Link
                href={paths.run(tenantId, runId, { show: 'all' })}
                scroll={false}
                prefetch={false}
                className="number-link"
              >
                {texts.someOf(
                  formatCount(run.mailboxCounts.done),
                  formatCount(run.mailboxCounts.total),
                )}
              </Link>
            </Strong>{' '}
            {texts.mailboxesDone}
          </span>
          <span>
            <Strong>
              {rate < 10 ? rate.toFixed(1) : formatCount(Math.round(rate))} {texts.perSecond}
            </Strong>{' '}
            {texts.onAverage}
          </span>
          <span>
            <Strong>{formatBytes(run.bytes)}</Strong> {texts.read},{' '}
            {texts.stored(formatBytes(run.storedBytes))}
          </span>
          <span>
            <Strong>{formatCount(run.requests)}</Strong> {texts.requests}
          </span>
          {live && counts.open > 0 ? (
            <Strong>{remaining(counts.open, rate, elapsed)}</Strong>
          ) : null}
          {idle ? <span>{texts.idle}</span> : null}
          {live ? <span className="ml-auto text-ink-3 max-lg:hidden">{texts.stands}</span> : null}
        </div>
        <ByCause ctx={ctx} tenantId={tenantId} run={run} cause={cause} outcome={outcome} />
        <Suspense
          key={`${show} ${mailbox}`}
          fallback={
            <Loading what={texts.mailboxes}>
              <Bar className="mb-3 h-5 w-40" />
              <Rows count={Math.min(25, run.mailboxCounts.total + 2)} />
            </Loading>
          }
        >
          <RunMailboxes ctx={ctx} tenantId={tenantId} run={run} show={show} mailboxId={mailbox} />
        </Suspense>
      </div>
    </>
  );
}

/** Its mailboxes; they alone fail where they cannot be read. */
async function RunMailboxes({
  ctx,
  tenantId,
  run,
  show,
  mailboxId,
}: {
  ctx: ServiceContext;
  tenantId: string;
  run: RunView;
  show: Show;
  mailboxId: string | undefined;
}) {
  const { view: mailboxes, failed } = await part(
    listRunLines(ctx, { tenantId, runId: run.id, mailboxes: show }),
  );
  if (failed !== null) return <PartFailed what={texts.mailboxes} reference={failed} />;
  const shown = { ...run, mailboxes };
  return (
    <div className="space-y-5">
      <LeftOutOf ctx={ctx} tenantId={tenantId} run={shown} mailboxId={mailboxId} />
      <MailboxProgress tenantId={tenantId} run={shown} show={show} />
    </div>
  );
}

async function Steering({ tenantId, run }: { tenantId: string; run: RunView }) {
  const refused = await whyNot('backups.run');
  const fields = { tenantId, runId: run.id };
  const paused = run.state === 'paused';
  const name = paused ? texts.resume : texts.pause;
  const label = (
    <>
      <Icon name={paused ? 'play' : 'pause'} className="size-3.5" />
      {name}
    </>
  );
  if (refused !== null) {
    return (
      <>
        <ReasonButton name={name} reason={refused}>
          {label}
        </ReasonButton>
        <ReasonButton name={texts.cancel} reason={refused}>
          {texts.cancel}
        </ReasonButton>
      </>
    );
  }
  return (
    <>
      <Act action={paused ? resumeRun : pauseRun} fields={fields}>
        {label}
      </Act>
      <Act action={cancelRun} fields={fields} weight="plain">
        {texts.cancel}
      </Act>
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
