import type { ReactNode } from 'react';
import { Icon } from '#app/_ui/icon.tsx';
import type { IconName } from '#app/_ui/icon-shapes.ts';

/** A list with nothing in it: what will be here. */
export function Nothing({
  icon,
  title,
  children,
}: {
  icon: IconName;
  title: string;
  children: ReactNode;
}) {
  return (
    <div className="flex flex-col items-start gap-3 rounded-xl border border-dashed border-line px-5 py-8">
      <Icon name={icon} className="size-6 text-ink-3" />
      <div>
        <p className="font-semibold">{title}</p>
        <p className="text-base text-ink-2">{children}</p>
      </div>
    </div>
  );
}
