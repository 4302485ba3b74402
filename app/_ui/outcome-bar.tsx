import Link from 'next/link';
import { partTexts } from '#app/_texts/frame.ts';
import { formatCount } from '#lib/core/bytes.ts';

export interface OutcomeCounts {
  enumerated: number;
  stored: number;
  reused: number;
  removed: number;
  skipped: number;
  failed: number;
  open: number;
}

export const outcomes = ['stored', 'reused', 'removed', 'skipped', 'failed', 'open'] as const;
export type Outcome = (typeof outcomes)[number];

const fills: Record<Outcome, string> = {
  stored: 'fill-ok-mark',
  reused: 'fill-ok-edge',
  removed: 'fill-off-mark',
  skipped: 'fill-late-mark',
  failed: 'fill-fail-mark',
  open: '',
};

/** The parts of everything that was listed, in fixed order; what is open is hatched. */
export function OutcomeBar({ counts }: { counts: OutcomeCounts }) {
  const total = Math.max(1, counts.enumerated);
  // Parts too small to see still get a sliver: a single failure must not vanish.
  const parts = outcomes
    .filter((name) => counts[name] > 0)
    .map((name) => ({ name, width: Math.max(3, (counts[name] / total) * 1000) }));
  const scale =
    1000 /
    Math.max(
      1000,
      parts.reduce((sum, part) => sum + part.width, 0),
    );
  let x = 0;
  return (
    <figure>
      <svg
        viewBox="0 0 1000 20"
        preserveAspectRatio="none"
        className="h-5 w-full overflow-hidden rounded-md bg-sunken"
        role="img"
        aria-label={sentence(counts)}
      >
        <defs>
          <pattern
            id="hatch"
            width="8"
            height="8"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect width="8" height="8" className="fill-sunken" />
            <rect width="3" height="8" className="fill-hover" />
          </pattern>
        </defs>
        {parts.map(({ name, width }) => {
          const left = x;
          x += width * scale;
          return (
            <rect
              key={name}
              x={left}
              width={Math.max(1, width * scale - 1)}
              height="20"
              className={fills[name]}
              fill={name === 'open' ? 'url(#hatch)' : undefined}
            />
          );
        })}
      </svg>
    </figure>
  );
}

function sentence(counts: OutcomeCounts): string {
  const parts = outcomes
    .filter((name) => counts[name] > 0)
    .map((name) => `${formatCount(counts[name])} ${name}`);
  return partTexts.outcomes(formatCount(counts.enumerated), parts.join(', '));
}

/**
 * The same as an equation: a run balances, or it is not complete.
 * @param href the list behind a part
 */
export function OutcomeEquation({
  counts,
  href,
}: {
  counts: OutcomeCounts;
  href(of: Outcome | 'all'): string;
}) {
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-4 lg:grid-cols-7">
      <div className="flex flex-col-reverse justify-end">
        <dt className="text-xs text-ink-2">{partTexts.listed}</dt>
        <dd className="text-xl font-semibold">
          <Link href={href('all')} scroll={false} prefetch={false} className="number-link">
            {formatCount(counts.enumerated)}
          </Link>
        </dd>
      </div>
      {outcomes.map((name, index) => (
        <div key={name} className="flex flex-col-reverse justify-end">
          <dt className="flex items-center gap-1.5 pl-5 text-xs text-ink-2">
            <Swatch name={name} />
            {name}
          </dt>
          <dd
            className={`text-xl font-semibold before:inline-block before:w-5 before:text-base before:font-normal before:text-ink-3 ${index === 0 ? "before:content-['=']" : "before:content-['+']"} ${counts[name] === 0 ? 'text-ink-3' : ''}`}
          >
            {counts[name] === 0 ? (
              0
            ) : (
              <Link href={href(name)} scroll={false} prefetch={false} className="number-link">
                {formatCount(counts[name])}
              </Link>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Swatch({ name }: { name: Outcome }) {
  return (
    <svg viewBox="0 0 8 8" className="size-2" aria-hidden>
      {name === 'open' ? (
        <rect x=".5" y=".5" width="7" height="7" rx="1" fill="none" className="stroke-off-mark" />
      ) : (
        <rect width="8" height="8" rx="1" className={fills[name]} />
      )}
    </svg>
  );
}

/** How much of a whole is settled. */
export function Meter({ part, whole, label }: { part: number; whole: number; label: string }) {
  const share = whole === 0 ? 0 : Math.min(1, part / whole);
  return (
    <svg
      viewBox="0 0 100 6"
      preserveAspectRatio="none"
      className="h-1.5 w-24 overflow-hidden rounded-full bg-sunken"
      role="img"
      aria-label={`${label}: ${Math.round(share * 100)} %`}
    >
      <rect width={share * 100} height="6" className="fill-run-mark" />
    </svg>
  );
}
