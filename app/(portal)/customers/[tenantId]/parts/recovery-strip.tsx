import { customerTexts } from '#app/_texts/customer.ts';
import { Time } from '#app/_ui/time.tsx';
import { coarse, type Words } from '#app/_ui/words.ts';
import { formatCount } from '#lib/core/bytes.ts';
import type { Recovery } from '#lib/services/coverage/recovery.ts';

const texts = customerTexts.recovery;
const height = 72;
const top = 18;

/** How it reads beside the heading. */
export function recoverySentence(recovery: Recovery): string {
  if (recovery.gaps === 0) return texts.none;
  const share = Math.floor((recovery.within / recovery.gaps) * 1000) / 10;
  return texts.sentence(
    coarse(recovery.barMs),
    formatCount(recovery.within),
    formatCount(recovery.gaps),
    coarse(recovery.target),
    share.toFixed(1),
  );
}

/** Real gaps between good copies, not the schedule; those over the target stand out. */
export function RecoveryStrip({ recovery, words }: { recovery: Recovery; words: Words }) {
  const { bars, target, worst } = recovery;
  if (worst === null) return null;
  const most = Math.max(worst.gapMs, target * 1.25);
  const tall = (ms: number) => (ms / most) * height;
  const width = 100 / bars.length;
  const percent = (value: number) => `${value.toFixed(3)}%`;
  const line = top + height - tall(target);
  const at = bars.findIndex((bar) => bar.gapMs === worst.gapMs);
  const right = at > bars.length / 2;
  const over = worst.gapMs > target;
  return (
    <figure>
      <svg
        role="img"
        aria-label={texts.label(coarse(worst.gapMs), coarse(target))}
        width="100%"
        height={top + height + 18}
        className="block"
      >
        {bars.map((bar, index) =>
          bar.gapMs === null ? null : (
            <rect
              key={bar.at.getTime()}
              x={percent(index * width + width * 0.1)}
              width={percent(width * 0.8)}
              y={top + height - tall(bar.gapMs)}
              height={Math.max(1, tall(bar.gapMs))}
              className={bar.gapMs > target ? 'fill-late-mark' : 'fill-off-edge'}
            />
          ),
        )}
        <line x1="0" x2="100%" y1={line} y2={line} strokeDasharray="2 3" className="stroke-ink-2" />
        <text x="0" y={line - 4} className="fill-ink-2 text-[0.6875rem]">
          {texts.target(coarse(target))}
        </text>
        {over ? (
          <text
            x={percent(right ? at * width : (at + 1) * width)}
            y={top - 6}
            textAnchor={right ? 'end' : 'start'}
            className="fill-late-ink text-xs font-medium"
          >
            {texts.worst(coarse(worst.gapMs), words.day(worst.at))}
          </text>
        ) : null}
        <text x="0" y={top + height + 14} className="fill-ink-3 text-[0.6875rem]">
          {words.day(bars[0]!.at)}
        </text>
        <text
          x="100%"
          y={top + height + 14}
          textAnchor="end"
          className="fill-ink-3 text-[0.6875rem]"
        >
          {words.day(bars.at(-1)!.at)}
        </text>
      </svg>
      <details className="text-xs text-ink-2">
        <summary className="py-1">{texts.table}</summary>
        <table className="list">
          <thead>
            <tr>
              <th scope="col">{texts.from}</th>
              <th scope="col" className="num">
                {texts.gap}
              </th>
            </tr>
          </thead>
          <tbody>
            {bars.map((bar) =>
              bar.gapMs === null ? null : (
                <tr key={bar.at.getTime()}>
                  <td>
                    <Time at={bar.at} />
                  </td>
                  <td className="num">{coarse(bar.gapMs)}</td>
                </tr>
              ),
            )}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
