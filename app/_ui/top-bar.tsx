import Link from 'next/link';
import type { ReactNode } from 'react';
import { partTexts } from '#app/_texts/frame.ts';
import { Chip } from './chip.tsx';
import { Icon } from './icon.tsx';
import { Time } from './time.tsx';

export interface Crumb {
  label: string;
  href?: string;
  /** The moment that it names, where it does. */
  at?: Date;
}

/** Where one is. On a phone: the way back, whose page it is, and its name. */
export function TopBar({
  crumbs,
  chip,
  title,
  back = crumbs.at(-2)?.href,
  right,
}: {
  crumbs: Crumb[];
  chip?: string;
  /** The name on a phone, where it is not that of the last crumb. */
  title?: string;
  /** Where a phone goes back to, if not to the crumb before the last. */
  back?: string | undefined;
  /** Beside the name on a phone, such as the age of the page. */
  right?: ReactNode;
}) {
  const last = crumbs.at(-1);
  return (
    <header className="sticky top-0 z-20 flex h-12 items-center gap-2 border-b border-line bg-surface pr-24 pl-4 sm:pr-90 sm:pl-6">
      <nav aria-label={partTexts.here} className="min-w-0 flex-1 max-sm:hidden">
        <ol className="flex items-center gap-2 text-sm">
          {crumbs.map((crumb, index) => (
            <li key={crumb.label} className="flex min-w-0 items-center gap-2">
              {index > 0 ? (
                <span aria-hidden className="text-ink-3">
                  /
                </span>
              ) : null}
              {crumb.href ? (
                <Link
                  href={crumb.href}
                  prefetch={false}
                  className="truncate text-ink-2 hover:text-ink hover:underline"
                >
                  <Name crumb={crumb} />
                </Link>
              ) : (
                <span aria-current="page" className="truncate font-medium">
                  <Name crumb={crumb} />
                </span>
              )}
            </li>
          ))}
        </ol>
      </nav>
      <div className="flex min-w-0 flex-1 items-center gap-2.5 sm:hidden">
        {back ? (
          <Link
            href={back}
            prefetch={false}
            aria-label={partTexts.back}
            className="-ml-3 flex size-11 shrink-0 items-center justify-center"
          >
            <Icon name="chevronLeft" className="size-5" />
          </Link>
        ) : null}
        {chip ? <Chip text={chip} size="sm" /> : null}
        <span className="truncate text-lg font-semibold">{title ?? last?.label}</span>
        {right ? (
          <span className="ml-auto text-xs whitespace-nowrap text-ink-3">{right}</span>
        ) : null}
      </div>
    </header>
  );
}

function Name({ crumb }: { crumb: Crumb }) {
  return crumb.at ? <Time at={crumb.at} as="short" inside /> : crumb.label;
}
