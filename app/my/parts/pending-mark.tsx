'use client';

import { useLinkStatus } from 'next/link';
import type { ReactNode } from 'react';
import { Spinner } from '#app/_ui/icon.tsx';

/** Inside a link: turns while the page it leads to is on its way, since opening mail takes a moment. */
export function PendingMark({ children }: { children: ReactNode }) {
  const { pending } = useLinkStatus();
  return pending ? <Spinner className="late-in size-4 text-run-mark" /> : children;
}
