import { partTexts } from '#app/_texts/frame.ts';
import { formatCount } from '#lib/core/bytes.ts';

const fills = {
  ok: 'fill-ok-mark',
  edge: 'fill-ok-edge',
  off: 'fill-off-mark',
  fail: 'fill-fail-mark',
} as const;

/** Parts of a known whole; the rest is open. */
export function OutcomeStrip({
  total,
  parts,
  label,
}: {
  total: number;
  label: string;
  parts: { name: string; count: number; fill: keyof typeof fills }[];
}) {
  const seen = parts.filter((part) => part.count > 0);
  let x = 0;
  return (
    <figure>
      <svg
        viewBox="0 0 1000 20"
        preserveAspectRatio="none"
        className="h-5 w-full overflow-hidden rounded-md bg-sunken"
        role="img"
        aria-label={partTexts.settled(
          label,
          seen.map((part) => `${formatCount(part.count)} ${part.name}`).join(', '),
          formatCount(total),
        )}
      >
        {seen.map((part) => {
          const left = x;
          const width = (part.count / Math.max(1, total)) * 1000;
          x += width;
          return (
            <rect
              key={part.name}
              x={left}
              width={Math.max(1, width - 1)}
              height="20"
              className={fills[part.fill]}
            />
          );
        })}
      </svg>
      <figcaption className="mt-1.5 flex flex-wrap gap-x-5 text-xs text-ink-2">
        {seen.map((part) => (
          <span key={part.name} className="flex items-center gap-1.5">
            <svg viewBox="0 0 8 8" className="size-2" aria-hidden>
              <rect width="8" height="8" rx="1" className={fills[part.fill]} />
            </svg>
            {formatCount(part.count)} {part.name}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
