import Link from 'next/link';
import { runTexts as texts } from '#app/_texts/runs.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { Section } from '#app/_ui/section.tsx';
import { plural } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { formatCount } from '#lib/core/bytes.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { isOpen } from '#lib/services/runs/rules.ts';
import type { RunView } from '#lib/services/runs/view.ts';
import { LeftOutItems } from './left-out.tsx';

/** One line for each cause of what was left out; the items behind it on demand. */
export function ByCause({
  ctx,
  tenantId,
  run,
  cause,
  outcome,
}: {
  ctx: ServiceContext;
  tenantId: string;
  run: RunView;
  /** The one whose items are listed. */
  cause: string | undefined;
  /** Only those that were left out like this, where one cause did both. */
  outcome: string | undefined;
}) {
  const { counts, byCause } = run;
  return (
    <Section
      title={texts.byCause}
      note={texts.causes(formatCount(counts.skipped), formatCount(counts.failed))}
    >
      {byCause.length === 0 ? (
        <p className="text-sm text-ink-2">
          {isOpen(run.state)
            ? texts.nothingSoFar
            : run.state === 'done'
              ? texts.nothing
              : texts.nothingRead}
        </p>
      ) : (
        <ul className="text-sm">
          {byCause.map((line) => {
            const open =
              cause === line.cause && (outcome === undefined || outcome === line.outcome);
            return (
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
                <span className="min-w-0 flex-1 max-sm:order-1 max-sm:basis-full">
                  {line.sentence}
                </span>
                <span className="text-ink-2 max-sm:hidden">
                  {plural(line.mailboxes, 'mailbox', 'mailboxes')}
                </span>
                <Link
                  href={
                    open
                      ? paths.run(tenantId, run.id)
                      : paths.run(tenantId, run.id, { cause: line.cause, outcome: line.outcome })
                  }
                  scroll={false}
                  prefetch={false}
                  aria-expanded={open}
                  className="quiet-link ml-auto flex min-h-6 items-center"
                >
                  {open ? texts.hide : texts.list(formatCount(line.count))}
                </Link>
                {open ? (
                  <LeftOutItems
                    ctx={ctx}
                    of={{ tenantId, runId: run.id, cause: line.cause, outcome: line.outcome }}
                    className="order-2 basis-full pl-32 max-sm:pl-0"
                  />
                ) : null}
              </li>
            );
          })}
        </ul>
      )}
    </Section>
  );
}
