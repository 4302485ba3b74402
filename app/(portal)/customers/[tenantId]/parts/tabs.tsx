'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';

export interface Tab {
  name: string;
  href: string;
  count?: string | undefined;
}

/** The pages of a customer, as links that stay on screen; on a phone they scroll sideways by themselves. */
export function Tabs({ label, tabs }: { label: string; tabs: Tab[] }) {
  const here = usePathname();
  return (
    <nav aria-label={label} className="overflow-x-auto border-b border-line px-4 sm:px-6">
      <ul className="-ml-2 flex min-w-max">
        {tabs.map(({ name, href, count }, index) => {
          // The first is the customer itself, and above all others.
          const current = here === href || (index > 0 && here.startsWith(`${href}/`));
          return (
            <li key={href}>
              <Link
                href={href}
                prefetch={false}
                aria-current={current ? 'page' : undefined}
                className={`flex h-10 items-center gap-1.5 border-b-2 px-2 text-sm outline-offset-[-2px] max-sm:h-11 sm:px-2.5 ${current ? 'border-ink font-semibold text-ink' : 'border-transparent font-medium text-ink-2 hover:text-ink'}`}
              >
                {name}
                {count ? <span className="font-normal text-ink-3">{count}</span> : null}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
