import Link from 'next/link';
import { runTexts as texts } from '#app/_texts/runs.ts';
import { Choices, Narrowed } from '#app/_ui/choices.tsx';
import { Meter, type OutcomeCounts } from '#app/_ui/outcome-bar.tsx';
import { Section } from '#app/_ui/section.tsx';
import { Status } from '#app/_ui/status.tsx';
import { plural } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import type { RunMailboxState } from '#db/enums.ts';
import { formatCount } from '#lib/core/bytes.ts';
import { type RunOutcome, runOutcomes } from '#lib/services/runs/rules.ts';
import type { RunMailbox, RunView } from '#lib/services/runs/view.ts';
import { runMailboxLook } from '../../../parts/run-state.ts';

const columns = ['enumerated', 'stored', 'reused', 'removed', 'skipped', 'failed', 'open'] as const;

export type Show = 'busy' | 'problems' | 'all' | RunOutcome;

/** The mailboxes of a run; the columns add up to its equation. */
export function MailboxProgress({
  tenantId,
  run,
  show,
}: {
  tenantId: string;
  run: RunView;
  show: Show;
}) {
  const { total } = run.mailboxCounts;
  const count = (state: RunMailboxState) =>
    run.byState.find((line) => line.state === state)?.mailboxes ?? 0;
  const note = (['done', 'running', 'waiting', 'deferred', 'failed', 'cancelled'] as const)
    .filter((state) => count(state) > 0)
    .map((state) => `${formatCount(count(state))} ${runMailboxLook(state).word}`)
    .join(', ');
  const rest =
    show === 'busy'
      ? run.byState.filter(({ state }) => !run.mailboxes.some((row) => row.state === state))
      : [];
  const outcome = runOutcomes.find((name) => name === show);
  const all = show === 'busy' || show === 'all';
  return (
    <Section
      title={
        outcome === undefined
          ? plural(total, 'mailbox', 'mailboxes')
          : texts.someOf(formatCount(run.mailboxes.length), plural(total, 'mailbox', 'mailboxes'))
      }
      note={outcome === undefined ? note : undefined}
      act={
        <div className="flex flex-wrap items-center gap-2">
          {outcome ? (
            <Narrowed
              name={texts.having[outcome]}
              drop={texts.drop}
              href={paths.run(tenantId, run.id)}
            />
          ) : null}
          <Choices
            label={texts.which}
            choices={(['busy', 'problems', 'all'] as const).map((name) => ({
              name: texts[name],
              href: paths.run(tenantId, run.id, { show: name === 'busy' ? undefined : name }),
              on: show === name,
            }))}
          />
        </div>
      }
    >
      <table className="list">
        <thead>
          <tr>
            <th scope="col" className="w-px pr-6">
              {texts.columns.state}
            </th>
            <th scope="col">{texts.columns.mailbox}</th>
            <th scope="col" className="num">
              {texts.columns.listed}
            </th>
            {columns.slice(1).map((name) => (
              <th key={name} scope="col" className="num capitalize max-lg:hidden">
                {name}
              </th>
            ))}
            <th scope="col" className="num">
              {texts.columns.settled}
            </th>
          </tr>
        </thead>
        <tbody>
          {run.mailboxes.map((row) => (
            <MailboxRow key={row.id} tenantId={tenantId} runId={run.id} row={row} />
          ))}
          {rest
            .toSorted((a, b) => runMailboxLook(a.state).rank - runMailboxLook(b.state).rank)
            .map((line) => (
              <tr key={line.state}>
                <StateCell state={line.state} />
                <td className="text-ink-2">{plural(line.mailboxes, 'mailbox', 'mailboxes')}</td>
                <Numbers counts={line.counts} />
                <td className="num text-ink-3">{settledWord(line.state)}</td>
              </tr>
            ))}
          {run.mailboxes.length + rest.length === 0 ? (
            <tr>
              <td colSpan={10} className="text-ink-2">
                {total === 0 ? texts.noMailbox : texts.noProblem}
              </td>
            </tr>
          ) : null}
        </tbody>
        {all ? (
          <tfoot>
            <tr>
              <td />
              <th scope="row">{plural(total, 'mailbox', 'mailboxes')}</th>
              {columns.map((name) => (
                <td key={name} className={`num ${name === 'enumerated' ? '' : 'max-lg:hidden'}`}>
                  {name === 'enumerated' || run.counts[name] === 0 ? (
                    formatCount(run.counts[name])
                  ) : (
                    <Link
                      href={paths.run(tenantId, run.id, { show: name })}
                      scroll={false}
                      prefetch={false}
                      className="number-link"
                    >
                      {formatCount(run.counts[name])}
                    </Link>
                  )}
                </td>
              ))}
              <td />
            </tr>
          </tfoot>
        ) : null}
      </table>
      {show === 'all' && run.mailboxes.length < total ? (
        <p className="py-2 text-sm text-ink-2">{texts.more(formatCount(run.mailboxes.length))}</p>
      ) : null}
    </Section>
  );
}

function MailboxRow({
  tenantId,
  runId,
  row,
}: {
  tenantId: string;
  runId: string;
  row: RunMailbox;
}) {
  return (
    <tr>
      <StateCell state={row.state} />
      <td>
        <Link
          href={paths.mailbox(tenantId, row.id)}
          prefetch={false}
          className="font-medium hover:text-accent hover:underline"
        >
          {row.name}
        </Link>{' '}
        <span className="text-ink-2 max-sm:hidden">{row.kind}</span>
        {row.reason ? <p className="pb-1.5 text-xs text-ink-2">{row.reason}</p> : null}
      </td>
      <Numbers
        counts={row.counts}
        leftOut={paths.run(tenantId, runId, { show: 'left-out', mailbox: row.id })}
      />
      <td>
        <span className="flex justify-end text-ink-3">
          {row.state === 'running' && row.counts.enumerated > 0 && row.counts.open > 0 ? (
            <Meter
              part={row.counts.enumerated - row.counts.open}
              whole={row.counts.enumerated}
              label={texts.settledOf(row.name)}
            />
          ) : (
            settledWord(row.state)
          )}
        </span>
      </td>
    </tr>
  );
}

function StateCell({ state }: { state: RunMailboxState }) {
  const look = runMailboxLook(state);
  return (
    <td className="pr-6">
      <Status kind={look.kind}>
        <span className="max-sm:sr-only">{look.word}</span>
      </Status>
    </td>
  );
}

/** @param leftOut the items behind what was skipped or failed */
function Numbers({ counts, leftOut }: { counts: OutcomeCounts; leftOut?: string }) {
  return columns.map((name) => (
    <td
      key={name}
      className={`num ${counts[name] === 0 ? 'text-ink-3' : ''} ${name === 'enumerated' ? '' : 'max-lg:hidden'}`}
    >
      {leftOut && counts[name] > 0 && (name === 'skipped' || name === 'failed') ? (
        <Link href={leftOut} scroll={false} prefetch={false} className="number-link">
          {formatCount(counts[name])}
        </Link>
      ) : (
        formatCount(counts[name])
      )}
    </td>
  ));
}

function settledWord(state: RunMailboxState): string {
  if (state === 'running') return texts.listing;
  if (state === 'done') return texts.balanced;
  return state === 'waiting' ? texts.notStarted : runMailboxLook(state).word;
}
