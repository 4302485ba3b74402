import { exportTexts } from '#app/_texts/exports.ts';
import { Act } from '#app/_ui/act.tsx';
import { Live } from '#app/_ui/live.tsx';
import { OutcomeStrip } from '#app/_ui/outcome-strip.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { TimeIn } from '#app/_ui/time.tsx';
import { span } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { formatCount } from '#lib/core/bytes.ts';
import { exportStamp } from '../../../parts/export-state.ts';
import { stopExport } from '../actions.ts';
import { type NamedExport, selectionWords } from './named-export.ts';

/** While the ZIP is being made. */
export function PackingPage({
  archive,
  now,
  refused,
}: {
  archive: NamedExport;
  now: Date;
  /** Why whoever looks may not make downloads; null when they may. */
  refused: string | null;
}) {
  const { items, total } = archive;
  return (
    <div className="max-w-205 space-y-5 px-4 pb-6 sm:px-6">
      <p className="text-2xl font-semibold tracking-tight max-sm:text-xl">
        {total === 0
          ? exportTexts.packing.title
          : exportTexts.packing.some(formatCount(items), formatCount(total))}
      </p>
      <OutcomeStrip
        total={total}
        label={exportTexts.packing.items}
        parts={[{ name: exportTexts.packing.inside, count: items, fill: 'ok' }]}
      />
      <p className="flex flex-wrap gap-x-6 text-sm text-ink-2">
        <span>
          {exportTexts.packing.running(span(now.getTime() - archive.createdAt.getTime()))}
        </span>
        <span>{selectionWords(archive)}</span>
        <Live
          from={paths.exportProgress(archive.tenantId, archive.id)}
          stamp={exportStamp(archive)}
          text={<TimeIn say={exportTexts.packing.live} at={now} as="second" inside />}
        />
      </p>
      <p className="text-sm text-ink-2">{exportTexts.packing.note}</p>
      {refused === null ? (
        <Act action={stopExport} fields={{ tenantId: archive.tenantId, exportId: archive.id }}>
          {exportTexts.stop}
        </Act>
      ) : (
        <ReasonButton name={exportTexts.stop} reason={refused}>
          {exportTexts.stop}
        </ReasonButton>
      )}
    </div>
  );
}
