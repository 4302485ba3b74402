'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { Icon } from '#app/_ui/icon.tsx';
import type { IconName } from '#app/_ui/icon-shapes.ts';
import { paths } from '#app/paths.ts';

interface NavSection {
  name: string;
  href: string;
  icon: IconName;
  /** Pages that belong to it and stand elsewhere. */
  also?: string;
}

const sections: NavSection[] = [
  { name: 'Customers', href: paths.customers(), icon: 'building', also: '/exports/' },
  { name: 'Runs', href: paths.runs(), icon: 'activity' },
  { name: 'Restores', href: paths.restores(), icon: 'restore' },
];

/** The sections of the portal; beside the page, or as tabs under the thumb. */
export function Nav({ as }: { as: 'rail' | 'tabs' }) {
  const here = usePathname();
  return (
    <ul className={as === 'rail' ? 'space-y-0.5' : 'flex'}>
      {sections.map(({ name, href, icon, also }) => {
        const current =
          here === href || here.startsWith(also ?? `${href}/`) || here.startsWith(`${href}/`);
        return (
          <li key={href} className={as === 'tabs' ? 'flex-1' : undefined}>
            <Link
              href={href}
              prefetch={false}
              aria-current={current ? 'page' : undefined}
              className={as === 'rail' ? railClass(current) : tabClass(current)}
            >
              <Icon name={icon} className={as === 'rail' ? 'size-4' : 'size-5'} />
              <span className={as === 'rail' ? 'max-wide:sr-only' : undefined}>{name}</span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

function railClass(current: boolean): string {
  return `flex h-7.5 items-center gap-3 rounded-md px-2.5 text-sm max-wide:justify-center max-wide:px-0 ${current ? 'bg-hover font-semibold' : 'font-medium text-ink-2 hover:bg-hover hover:text-ink'}`;
}

function tabClass(current: boolean): string {
  return `flex h-14 flex-col items-center justify-center gap-1 text-[0.6875rem] ${current ? 'font-semibold' : 'text-ink-2'}`;
}
