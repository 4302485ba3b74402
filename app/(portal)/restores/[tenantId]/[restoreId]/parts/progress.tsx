import { restoreRunTexts } from '#app/_texts/restores.ts';
import { Live } from '#app/_ui/live.tsx';
import { OutcomeStrip } from '#app/_ui/outcome-strip.tsx';
import { TimeIn } from '#app/_ui/time.tsx';
import { span } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { formatCount } from '#lib/core/bytes.ts';
import { restoreStamp } from '../../../parts/restore-state.ts';
import type { NamedRestore } from './named-restore.ts';
import { duration } from './plan.tsx';

const texts = restoreRunTexts;

/** While it writes and reads back. */
export function ProgressPage({ restore, now }: { restore: NamedRestore; now: Date }) {
  const { counts } = restore;
  const verifying = restore.state === 'verifying';
  const elapsed = restore.startedAt ? now.getTime() - restore.startedAt.getTime() : 0;
  return (
    <div className="max-w-205 space-y-5 px-4 pb-6 sm:px-6">
      <p className="text-2xl font-semibold tracking-tight max-sm:text-xl">
        {verifying
          ? texts.reading(formatCount(counts.verified), formatCount(counts.written))
          : texts.writing(formatCount(counts.written), formatCount(counts.total))}
      </p>
      <OutcomeStrip
        total={counts.total}
        label={texts.items}
        parts={[
          { name: texts.states.verified, count: counts.verified, fill: 'ok' },
          { name: texts.states.written, count: counts.written - counts.verified, fill: 'edge' },
          { name: texts.states.skipped, count: counts.skipped, fill: 'off' },
          { name: texts.states.failed, count: counts.failed, fill: 'fail' },
        ]}
      />
      <p className="flex flex-wrap gap-x-6 text-sm text-ink-2">
        <span>{texts.running(span(elapsed))}</span>
        {restore.plan ? <span>{texts.planned(duration(restore.plan))}</span> : null}
        <Live
          from={paths.restoreProgress(restore.tenantId, restore.id)}
          stamp={restoreStamp(restore)}
          text={<TimeIn say={texts.liveAt} at={now} as="second" inside />}
        />
      </p>
      <p className="text-sm text-ink-2">{texts.note}</p>
    </div>
  );
}
