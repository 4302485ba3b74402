import Link from 'next/link';
import { Meter, type OutcomeCounts } from '#app/_ui/outcome-bar.tsx';
import { Section } from '#app/_ui/section.tsx';
import { Status } from '#app/_ui/status.tsx';
import { plural } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { formatCount } from '#lib/core/bytes.ts';
import type { RunView } from '#lib/services/runs/view.ts';
import { runMailboxLook } from '../../../parts/run-state.ts';

const columns = ['enumerated', 'stored', 'reused', 'removed', 'skipped', 'failed', 'open'] as const;

/** The mailboxes of a run; the columns add up to its equation. */
export function MailboxProgress({
  tenantId,
  run,
  show,
}: {
  tenantId: string;
  run: RunView;
  show: 'first' | 'problems' | 'all';
}) {
  const count = (state: string) => run.mailboxes.filter((row) => row.state === state).length;
  const rows = run.mailboxes
    .map((row) => ({ row, look: runMailboxLook(row.state) }))
    .filter(
      ({ row }) =>
        show !== 'problems' ||
        row.state === 'failed' ||
        row.state === 'deferred' ||
        row.counts.failed + row.counts.skipped > 0,
    )
    .sort((a, b) => a.look.rank - b.look.rank || b.row.counts.enumerated - a.row.counts.enumerated);
  const shown = show === 'first' ? rows.slice(0, 40) : rows;
  return (
    <Section
      title={plural(run.mailboxes.length, 'mailbox', 'mailboxes')}
      note={[
        `${count('done')} done`,
        `${count('running')} running`,
        `${count('waiting') + count('deferred')} waiting`,
        ...(count('failed') > 0 ? [`${count('failed')} failed`] : []),
        ...(count('cancelled') > 0 ? [`${count('cancelled')} cancelled`] : []),
      ].join(', ')}
      act={
        <nav
          aria-label="Which mailboxes"
          className="flex rounded-md border border-line bg-canvas p-0.5 text-xs"
        >
          <Choice href={paths.run(tenantId, run.id)} on={show === 'first'}>
            Running first
          </Choice>
          <Choice href={paths.run(tenantId, run.id, { show: 'problems' })} on={show === 'problems'}>
            Only problems
          </Choice>
          <Choice href={paths.run(tenantId, run.id, { show: 'all' })} on={show === 'all'}>
            All
          </Choice>
        </nav>
      }
    >
      <table className="list">
        <thead>
          <tr>
            <th scope="col" className="w-px pr-6">
              State
            </th>
            <th scope="col">Mailbox</th>
            <th scope="col" className="num">
              Listed
            </th>
            {columns.slice(1).map((name) => (
              <th key={name} scope="col" className="num capitalize max-lg:hidden">
                {name}
              </th>
            ))}
            <th scope="col" className="num">
              Settled
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ row, look }) => (
            <tr key={row.id}>
              <td className="pr-6">
                <Status kind={look.kind}>
                  <span className="max-sm:sr-only">{look.word}</span>
                </Status>
              </td>
              <td>
                <Link
                  href={paths.mailbox(tenantId, row.id)}
                  prefetch={false}
                  className="font-medium hover:text-accent hover:underline"
                >
                  {row.name}
                </Link>
                {row.reason ? <p className="pb-1.5 text-xs text-ink-2">{row.reason}</p> : null}
              </td>
              {columns.map((name) => (
                <td
                  key={name}
                  className={`num ${row.counts[name] === 0 ? 'text-ink-3' : ''} ${name === 'enumerated' ? '' : 'max-lg:hidden'}`}
                >
                  {formatCount(row.counts[name])}
                </td>
              ))}
              <td>
                <span className="flex justify-end text-ink-3">
                  {row.state === 'running' && row.counts.open === 0 ? (
                    'listing'
                  ) : row.state === 'running' ? (
                    <Meter
                      part={row.counts.enumerated - row.counts.open}
                      whole={row.counts.enumerated}
                      label={`${row.name} settled`}
                    />
                  ) : row.state === 'done' ? (
                    'balanced'
                  ) : row.state === 'waiting' ? (
                    'not started'
                  ) : (
                    look.word
                  )}
                </span>
              </td>
            </tr>
          ))}
          {shown.length === 0 ? (
            <tr>
              <td colSpan={10} className="text-ink-2">
                {run.mailboxes.length === 0
                  ? 'No mailbox was reached.'
                  : 'No mailbox of this run has a problem.'}
              </td>
            </tr>
          ) : null}
        </tbody>
        {show === 'problems' ? null : <Sums counts={run.counts} mailboxes={run.mailboxes.length} />}
      </table>
      {shown.length < rows.length ? (
        <p className="py-2 text-sm">
          <Link
            href={paths.run(tenantId, run.id, { show: 'all' })}
            prefetch={false}
            className="quiet-link"
          >
            All {plural(rows.length, 'mailbox', 'mailboxes')}
          </Link>
        </p>
      ) : null}
    </Section>
  );
}

function Sums({ counts, mailboxes }: { counts: OutcomeCounts; mailboxes: number }) {
  return (
    <tfoot>
      <tr>
        <td />
        <th scope="row">{plural(mailboxes, 'mailbox', 'mailboxes')}</th>
        {columns.map((name) => (
          <td key={name} className={`num ${name === 'enumerated' ? '' : 'max-lg:hidden'}`}>
            {formatCount(counts[name])}
          </td>
        ))}
        <td />
      </tr>
    </tfoot>
  );
}

function Choice({ href, on, children }: { href: string; on: boolean; children: string }) {
  return (
    <Link
      href={href}
      scroll={false}
      prefetch={false}
      aria-current={on ? 'true' : undefined}
      className={`flex h-6.5 items-center rounded-sm px-2.5 font-medium max-sm:h-9 ${on ? 'border border-line bg-surface' : 'text-ink-2 hover:text-ink'}`}
    >
      {children}
    </Link>
  );
}
