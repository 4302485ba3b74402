import { leaversTexts as texts } from '#app/_texts/fleet.ts';
import type { LeaverRow } from '#lib/services/leavers/view.ts';

/** Five rungs: noticed, had a copy, accounted for, sealed, nothing missing. */
export function Ladder({ leaver }: { leaver: LeaverRow }) {
  const done = leaver.rungs.filter(Boolean).length;
  return (
    <svg
      role="img"
      aria-label={texts.ladder(done, leaver.rungs.length)}
      width="92"
      height="4"
      className="block"
    >
      {leaver.rungs.map((reached, index) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: a rung is its place
          key={index}
          x={index * 19}
          width="16"
          height="4"
          rx="2"
          className={
            reached ? (leaver.state === 'safe' ? 'fill-ink-2' : 'fill-late-mark') : 'fill-off-edge'
          }
        />
      ))}
    </svg>
  );
}
