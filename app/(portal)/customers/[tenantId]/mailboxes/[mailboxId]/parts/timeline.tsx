import type { Words } from '#app/_ui/words.ts';

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
  words,
  now,
}: {
  snapshots: Moment[];
  current: number;
  words: Words;
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
  const selected = bars.find(({ moment }) => moment.sequence === current);
  const worst = bars
    .filter(({ loss }) => loss)
    .sort((a, b) => b.moment.removed - a.moment.removed)[0];
  return (
    <figure className="mt-1 max-sm:hidden">
      {worst ? (
        <p className="text-right text-xs text-late-ink">
          {worst.moment.removed.toLocaleString('en-US')} items gone,{' '}
          {words.moment(worst.moment.takenAt)}
        </p>
      ) : null}
      <svg
        viewBox="0 0 1000 36"
        preserveAspectRatio="none"
        className="h-9 w-full border-b border-line-strong"
        role="img"
        aria-label={`Changed items in ${snapshots.length} copies; the copy shown is ${selected ? words.moment(selected.moment.takenAt) : 'none'}`}
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
        {selected ? (
          <rect x={selected.x + 1} y="0" width="2" height="36" className="fill-accent" />
        ) : null}
      </svg>
      <figcaption className="flex justify-between pt-0.5 text-xs text-ink-3">
        <span>{words.day(oldest.takenAt)}</span>
        <span>now</span>
      </figcaption>
    </figure>
  );
}

/** A tenth of the mailbox, and more than a handful, gone between two copies. */
function isLoss(moment: Moment): boolean {
  return moment.removed >= 20 && moment.removed * 10 >= moment.items;
}
