'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';

/** A link that knows whether one is there. What it shows is drawn by the server. */
export function NavLink({
  href,
  also,
  className,
  children,
}: {
  href: string;
  also?: string | undefined;
  className: string;
  children: ReactNode;
}) {
  const here = usePathname();
  const current =
    here === href ||
    (href !== '/' && here.startsWith(`${href}/`)) ||
    (also !== undefined && here.startsWith(also));
  return (
    <Link
      href={href}
      prefetch={false}
      aria-current={current ? 'page' : undefined}
      className={className}
      onClick={(event) => event.currentTarget.closest<HTMLElement>(':popover-open')?.hidePopover()}
    >
      {children}
    </Link>
  );
}
