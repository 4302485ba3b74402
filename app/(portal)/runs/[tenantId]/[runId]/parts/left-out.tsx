import Link from 'next/link';
import { whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { runTexts as texts } from '#app/_texts/runs.ts';
import { Section } from '#app/_ui/section.tsx';
import { Time } from '#app/_ui/time.tsx';
import { paths } from '#app/paths.ts';
import { formatCount } from '#lib/core/bytes.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import type { RunItemsWanted } from '#lib/services/runs/input.ts';
import { runItems } from '#lib/services/runs/items.ts';
import type { RunView } from '#lib/services/runs/view.ts';

/** What a run left out of one mailbox: the list behind a number of its line. */
export function LeftOutOf({
  ctx,
  tenantId,
  run,
  mailboxId,
}: {
  ctx: ServiceContext;
  tenantId: string;
  run: RunView;
  mailboxId: string | undefined;
}) {
  const line = run.mailboxes.find(({ id }) => id === mailboxId);
  if (line === undefined) return null;
  return (
    <Section
      title={texts.leftOutOf(line.name)}
      note={texts.causes(formatCount(line.counts.skipped), formatCount(line.counts.failed))}
      act={
        <Link
          href={paths.run(tenantId, run.id, { show: 'left-out' })}
          scroll={false}
          prefetch={false}
          className="quiet-link"
        >
          {texts.hide}
        </Link>
      }
    >
      <LeftOutItems ctx={ctx} of={{ tenantId, runId: run.id, mailboxId: line.id }} />
    </Section>
  );
}

/** More than anybody reads on one page; the count beside them covers all. */
const shownAtOnce = 200;

/** Items that a run did not save, each with what Microsoft said. */
export async function LeftOutItems({
  ctx,
  of,
  className = '',
}: {
  ctx: ServiceContext;
  of: Omit<RunItemsWanted, 'limit'>;
  className?: string;
}) {
  const unseen = await whyNot('content.read');
  if (unseen !== null) return <p className={`pb-2 text-sm text-ink-2 ${className}`}>{unseen}</p>;
  const items = await load(runItems(ctx, { ...of, limit: shownAtOnce }));
  return (
    <ul className={`pb-2 text-sm text-ink-2 ${className}`}>
      {items.map((item) => (
        <li key={item.id} className="flex gap-4 py-0.5">
          <span title={item.mailbox} className="w-44 truncate max-sm:w-28">
            {item.mailbox}
          </span>
          {of.cause === undefined ? <span className="w-20">{item.outcome}</span> : null}
          <span className="min-w-0 flex-1 break-words text-ink-3">{item.detail ?? item.cause}</span>
          <span className="text-xs text-ink-3">
            <Time at={item.at} as="clock" />
          </span>
        </li>
      ))}
      {items.length === shownAtOnce ? <li>{texts.firstOf(formatCount(shownAtOnce))}</li> : null}
    </ul>
  );
}
