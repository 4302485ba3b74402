import { connectTexts } from '#app/_texts/connect.ts';
import { Icon } from '#app/_ui/icon.tsx';
import type { IconName } from '#app/_ui/icon-shapes.ts';

const texts = connectTexts.lists;

/** What an approval allows, and what it does not. */
export function Lists({ restoring: isRestoring }: { restoring: boolean }) {
  const { will, cannot } = isRestoring ? texts.restoring : texts.reading;
  return (
    <div className="grid gap-x-10 gap-y-4 sm:grid-cols-2">
      <List
        title={isRestoring ? texts.will : texts.willRead}
        icon={isRestoring ? 'check' : 'eye'}
        lines={will}
      />
      <List title={texts.cannot} icon="x" lines={cannot} />
    </div>
  );
}

function List({ title, icon, lines }: { title: string; icon: IconName; lines: readonly string[] }) {
  return (
    <div>
      <h2 className="mb-2.5 text-base font-semibold">{title}</h2>
      <ul className="space-y-2">
        {lines.map((line) => (
          <li key={line} className="flex gap-2.5 text-ink-2 max-sm:text-[0.9375rem]">
            <Icon name={icon} className="mt-1 size-3.5" />
            {line}
          </li>
        ))}
      </ul>
    </div>
  );
}
