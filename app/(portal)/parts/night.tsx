import Link from 'next/link';
import { tonightTexts } from '#app/_texts/fleet.ts';
import { Time } from '#app/_ui/time.tsx';
import type { Words } from '#app/_ui/words.ts';
import { paths, type RunsList } from '#app/paths.ts';
import { formatCount } from '#lib/core/bytes.ts';
import type { Night as NightOfFleet } from '#lib/services/incidents/night.ts';

const texts = tonightTexts.night;
const height = 72;
const hourMs = 3_600_000;

/** The runs since the evening, ten minutes a bar; what stopped stands out at the foot of its bar. */
export function Night({ night, words }: { night: NightOfFleet; words: Words }) {
  const { slots, from } = night;
  const sum = (pick: (slot: (typeof slots)[number]) => number) =>
    slots.reduce((total, slot) => total + pick(slot), 0);
  const parts = {
    complete: sum((slot) => slot.complete),
    running: sum((slot) => slot.running),
    stopped: sum((slot) => slot.stopped),
  };
  const most = Math.max(1, ...slots.map((slot) => slot.complete + slot.running + slot.stopped));
  const width = 100 / slots.length;
  const percent = (value: number) => `${value.toFixed(3)}%`;
  const tall = (count: number) => (count / most) * height;
  /** One shape for all bars of a kind: so many, on top of so many. */
  const bars = (pick: (slot: (typeof slots)[number]) => [count: number, below: number]) =>
    slots
      .map((slot, index) => {
        const [count, below] = pick(slot);
        if (count === 0) return '';
        const top = (height - tall(below + count)).toFixed(1);
        return `M${index + 0.08} ${top}h.84v${tall(count).toFixed(1)}h-.84z`;
      })
      .join('');
  const sentence =
    night.total === 0
      ? texts.none(words.short(from))
      : texts.sentence(night.total, words.short(from), parts);
  const busy = slots.filter((slot) => slot.complete + slot.running + slot.stopped > 0);
  return (
    <figure>
      <figcaption className="mb-2 text-xs text-ink-3">
        {night.total === 0 ? sentence : <Sum night={night} parts={parts} />}
      </figcaption>
      {night.total === 0 ? null : (
        <svg role="img" aria-label={sentence} width="100%" height={height + 20} className="block">
          <svg
            aria-hidden
            viewBox={`0 0 ${slots.length} ${height}`}
            preserveAspectRatio="none"
            width="100%"
            height={height}
          >
            <path
              d={bars(({ complete, running, stopped }) => [complete, running + stopped])}
              className="fill-off-edge"
            />
            <path
              d={bars(({ running, stopped }) => [running, stopped])}
              className="fill-run-mark"
            />
            <path d={bars(({ stopped }) => [stopped, 0])} className="fill-fail-mark" />
          </svg>
          <line x1="0" x2="100%" y1={height} y2={height} className="stroke-line" />
          {slots.map((slot, index) =>
            (slot.at.getTime() - from.getTime()) % (2 * hourMs) === 0 && index * width < 94 ? (
              <text
                key={slot.at.getTime()}
                x={percent(index * width)}
                y={height + 16}
                className="fill-ink-3 text-[0.6875rem]"
              >
                {words.clock(slot.at)}
              </text>
            ) : null,
          )}
        </svg>
      )}
      {busy.length === 0 ? null : (
        <details className="text-xs text-ink-2">
          <summary className="py-1">{texts.table}</summary>
          <table className="list">
            <thead>
              <tr>
                <th scope="col">{texts.columns.time}</th>
                <th scope="col" className="num">
                  {texts.columns.complete}
                </th>
                <th scope="col" className="num">
                  {texts.columns.running}
                </th>
                <th scope="col" className="num">
                  {texts.columns.stopped}
                </th>
              </tr>
            </thead>
            <tbody>
              {busy.map((slot) => (
                <tr key={slot.at.getTime()}>
                  <td>
                    <Time at={slot.at} as="clock" />
                  </td>
                  <td className="num">{slot.complete}</td>
                  <td className="num">{slot.running}</td>
                  <td className="num">{slot.stopped}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
    </figure>
  );
}

/** The sentence with a list behind each of its numbers. */
function Sum({
  night: { total, from },
  parts,
}: {
  night: NightOfFleet;
  parts: { complete: number; running: number; stopped: number };
}) {
  const since = from.getTime();
  const number = (n: number, show: RunsList['show']) => (
    <Link href={paths.runs({ show, since })} prefetch={false} className="number-link">
      {formatCount(n)}
    </Link>
  );
  return (
    <>
      {number(total, undefined)} {texts.runs(total)} <Time at={from} as="short" /> ={' '}
      {number(parts.complete, 'copied')} {texts.parts.complete}
      {parts.running > 0 ? (
        <>
          {' + '}
          {number(parts.running, 'open')} {texts.parts.running}
        </>
      ) : null}
      {parts.stopped > 0 ? (
        <>
          {' + '}
          {number(parts.stopped, 'stopped')} {texts.parts.stopped}
        </>
      ) : null}
    </>
  );
}
