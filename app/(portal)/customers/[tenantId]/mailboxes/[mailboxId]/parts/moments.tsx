import Link from 'next/link';
import { reading } from '#app/_server/viewer.ts';
import { mailTexts } from '#app/_texts/mail.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { Time } from '#app/_ui/time.tsx';
import { createWords } from '#app/_ui/words.ts';
import type { SnapshotView } from '#lib/services/mailboxes/view.ts';
import { MomentSelect } from './moment-select.tsx';
import { Timeline } from './timeline.tsx';

const texts = mailTexts.timeline;

/** Which copy is shown, and the ways to the others. */
export async function Moments({
  snapshots,
  index,
  href,
  className,
}: {
  /** Newest first. */
  snapshots: SnapshotView[];
  index: number;
  /** Of a copy; without a number of the latest. */
  href: (sequence: number | undefined) => string;
  className: string;
}) {
  const { zone, now } = await reading();
  const words = createWords(zone, now);
  const shown = snapshots[index]!;
  const older = snapshots[index + 1];
  const newer = snapshots[index - 1];
  return (
    <div className={`border-b border-line px-4 py-2 sm:px-6 ${className}`}>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
        <div className="flex items-center rounded-md border border-line max-sm:w-full max-sm:justify-between max-sm:border-0">
          <Step
            href={older ? href(older.sequence) : null}
            label={texts.earlier}
            icon="chevronLeft"
          />
          <strong className="px-3 font-semibold whitespace-nowrap">
            <Time at={shown.takenAt} />
          </strong>
          <Step
            href={newer ? href(index === 1 ? undefined : newer.sequence) : null}
            label={texts.later}
            icon="chevronRight"
          />
        </div>
        <MomentSelect
          current={shown.sequence}
          choices={snapshots.map((snapshot, position) => ({
            sequence: snapshot.sequence,
            href: href(position === 0 ? undefined : snapshot.sequence),
            label: texts.items(words.moment(snapshot.takenAt), snapshot.items),
          }))}
        />
        <p className="text-ink-2 max-lg:hidden">
          {index === 0 ? texts.latest : texts.earlierOne}
          {shown.removed > 0 ? ` ${texts.goneSince(shown.removed)}` : ''}
        </p>
        <p className="ml-auto text-xs text-ink-3 max-sm:hidden">
          {texts.copies(snapshots.length)}
          <Time at={snapshots.at(-1)!.takenAt} as="day" />
        </p>
      </div>
      <Timeline
        snapshots={snapshots}
        current={shown.sequence}
        zone={zone}
        base={href(undefined)}
        now={now}
      />
    </div>
  );
}

function Step({
  href,
  label,
  icon,
}: {
  href: string | null;
  label: string;
  icon: 'chevronLeft' | 'chevronRight';
}) {
  const look = 'flex size-8 items-center justify-center max-sm:size-11';
  if (href === null) {
    return (
      <span aria-hidden className={`${look} text-line-strong opacity-40`}>
        <Icon name={icon} />
      </span>
    );
  }
  return (
    <Link href={href} prefetch={false} aria-label={label} className={`${look} hover:bg-hover`}>
      <Icon name={icon} />
    </Link>
  );
}
