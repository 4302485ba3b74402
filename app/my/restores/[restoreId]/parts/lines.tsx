import { myTexts } from '#app/_texts/my.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { formatCount } from '#lib/core/bytes.ts';
import type { RestoreItemView } from '#lib/services/restores/view.ts';
import { rows } from '../../../parts/column.tsx';
import type { MyRestore } from './my-restore.ts';

const texts = myTexts.restore;

/** The first of what is put back, each with where it goes and what became of it. */
export function Lines({ restore }: { restore: MyRestore }) {
  const { lines, counts } = restore;
  if (lines.length === 0) return null;
  return (
    <section>
      <h2 className="mb-2 flex items-baseline gap-2 font-semibold">
        {texts.lines}
        {lines.length < counts.total ? (
          <span className="text-base font-normal text-ink-2">
            {texts.first(formatCount(lines.length), formatCount(counts.total))}
          </span>
        ) : null}
      </h2>
      <LineList lines={lines} />
    </section>
  );
}

export function LineList({ lines }: { lines: RestoreItemView[] }) {
  return (
    <ul className={rows}>
      {lines.map((line) => (
        <li key={line.position} className="flex items-center gap-3 px-4 py-3">
          <span className="min-w-0 flex-1">
            <span className="block font-medium break-words">
              {line.subject || myTexts.results.noSubject}
            </span>
            <span className="block text-base break-words text-ink-2">
              {line.reason ?? line.path.join(' / ')}
            </span>
          </span>
          <Became line={line} />
        </li>
      ))}
    </ul>
  );
}

function Became({ line }: { line: RestoreItemView }) {
  const { states } = texts;
  const became = () => {
    if (line.state === 'verified' || line.state === 'written')
      return { icon: 'check', ink: 'text-ok-mark', word: states.back } as const;
    if (line.state === 'failed' || line.state === 'differs')
      return { icon: 'x', ink: 'text-fail-mark', word: states.failed } as const;
    if (line.action === 'skip-present' || line.action === 'skip-changed')
      return { icon: 'equal', ink: 'text-ink-3', word: states.there } as const;
    if (line.action === 'cannot')
      return { icon: 'x', ink: 'text-late-mark', word: states.cannot } as const;
    return { icon: 'undo', ink: 'text-ink-3', word: states.write } as const;
  };
  const { icon, ink, word } = became();
  return (
    <span className="flex items-center gap-2 text-base whitespace-nowrap text-ink-2">
      <Icon name={icon} className={`size-4 ${ink}`} />
      {word}
    </span>
  );
}
