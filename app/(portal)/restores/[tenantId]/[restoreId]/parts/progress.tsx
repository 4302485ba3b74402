import { Live } from '#app/_ui/live.tsx';
import { OutcomeStrip } from '#app/_ui/outcome-strip.tsx';
import { span, type Words } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { formatCount } from '#lib/core/bytes.ts';
import { restoreStamp } from '../../../parts/restore-state.ts';
import type { NamedRestore } from './named-restore.ts';
import { duration } from './plan.tsx';

/** While it writes and reads back. */
export function ProgressPage({
  restore,
  words,
  now,
}: {
  restore: NamedRestore;
  words: Words;
  now: Date;
}) {
  const { counts } = restore;
  const verifying = restore.state === 'verifying';
  const elapsed = restore.startedAt ? now.getTime() - restore.startedAt.getTime() : 0;
  return (
    <div className="max-w-205 space-y-5 px-4 pb-6 sm:px-6">
      <p className="text-2xl font-semibold tracking-tight max-sm:text-xl">
        {verifying
          ? `Reading back: ${formatCount(counts.verified)} of ${formatCount(counts.written)}`
          : `${formatCount(counts.written)} of ${formatCount(counts.total)} items written`}
      </p>
      <OutcomeStrip
        total={counts.total}
        label="Items of this restore"
        parts={[
          { name: 'read back', count: counts.verified, fill: 'ok' },
          { name: 'written', count: counts.written - counts.verified, fill: 'edge' },
          { name: 'left alone', count: counts.skipped, fill: 'off' },
          { name: 'failed', count: counts.failed, fill: 'fail' },
        ]}
      />
      <p className="flex flex-wrap gap-x-6 text-sm text-ink-2">
        <span>running {span(elapsed)}</span>
        {restore.plan ? <span>planned {duration(restore.plan)}</span> : null}
        <Live
          from={paths.restoreProgress(restore.tenantId, restore.id)}
          stamp={restoreStamp(restore)}
          text={`live, ${words.second(now)}`}
        />
      </p>
      <p className="text-sm text-ink-2">
        Each item is noted before it is written and after; an interruption makes no duplicate.
      </p>
    </div>
  );
}
