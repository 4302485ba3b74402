'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';

/** A section of an administrator's pages; the one that is open is marked. */
export function SectionLink({
  href,
  also = [],
  children,
}: {
  href: string;
  /** Other beginnings of addresses that belong to it. */
  also?: string[];
  children: string;
}) {
  const path = usePathname();
  const open = path === href || also.some((beginning) => path.startsWith(beginning));
  return (
    <Link
      href={href}
      prefetch={false}
      aria-current={open ? 'page' : undefined}
      className={`flex h-11 items-center border-b-2 whitespace-nowrap ${open ? 'border-ink font-semibold' : 'border-transparent text-ink-2 hover:text-ink'}`}
    >
      {children}
    </Link>
  );
}
