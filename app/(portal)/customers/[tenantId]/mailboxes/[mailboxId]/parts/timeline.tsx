import { mailTexts } from '#app/_texts/mail.ts';
import { Time, TimeIn } from '#app/_ui/time.tsx';
import { MomentSlider, type Point } from './moment-slider.tsx';

const texts = mailTexts.timeline;

interface Moment {
  sequence: number;
  takenAt: Date;
  items: number;
  added: number;
  removed: number;
}

/** Copies over time: the height says how much changed, amber says that unusually much went. */
export function Timeline({
  snapshots,
  current,
  zone,
  base,
  now,
}: {
  /** Newest first. */
  snapshots: Moment[];
  current: number;
  zone: string;
  /** The page as of the latest copy. */
  base: string;
  now: Date;
}) {
  const oldest = snapshots.at(-1);
  if (oldest === undefined || snapshots.length < 2) return null;
  const from = oldest.takenAt.getTime();
  const width = Math.max(1, now.getTime() - from);
  // The first copy adds everything; it would flatten every change after it.
  const changes = (moment: Moment) =>
    moment === oldest ? moment.removed : moment.added + moment.removed;
  const most = Math.max(1, ...snapshots.filter((one) => !isLoss(one)).map(changes));
  const bars = snapshots.map((moment) => ({
    moment,
    x: Math.min(990, ((moment.takenAt.getTime() - from) / width) * 990),
    height: changes(moment) === 0 ? 1 : Math.min(36, 3 + 20 * Math.sqrt(changes(moment) / most)),
    loss: isLoss(moment),
  }));
  const points = bars
    .map(({ moment, x }): Point => {
      const place = Math.round(x * 10) / 10_000;
      return [moment.sequence, place, moment.takenAt.getTime(), moment.removed];
    })
    .reverse();
  const worst = bars
    .filter(({ loss }) => loss)
    .sort((a, b) => b.moment.removed - a.moment.removed)[0];
  return (
    <figure className="mt-1 max-sm:hidden">
      {worst ? (
        <p className="text-right text-xs text-late-ink">
          <TimeIn
            say={(moment) => texts.loss(worst.moment.removed, moment)}
            at={worst.moment.takenAt}
          />
        </p>
      ) : null}
      <MomentSlider points={points} current={current} zone={zone} base={base}>
        <svg
          viewBox="0 0 1000 36"
          preserveAspectRatio="none"
          aria-hidden
          className="h-9 w-full border-b border-line-strong"
        >
          {bars.map(({ moment, x, height, loss }) => (
            <rect
              key={moment.sequence}
              x={x}
              y={36 - height}
              width={Math.min(7, 700 / snapshots.length)}
              height={height}
              className={loss ? 'fill-late-mark' : 'fill-off-edge'}
            />
          ))}
        </svg>
      </MomentSlider>
      <figcaption className="flex justify-between pt-2 text-xs text-ink-3">
        <span>
          <Time at={oldest.takenAt} as="day" />
        </span>
        <span>{texts.now}</span>
      </figcaption>
    </figure>
  );
}

/** A tenth of the mailbox, and more than a handful, gone between two copies. */
function isLoss(moment: Moment): boolean {
  return moment.removed >= 20 && moment.removed * 10 >= moment.items;
}
