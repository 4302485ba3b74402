'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { whenLoaded } from './when-loaded.ts';

/** Tells the server the zone of this browser, once, so that every time is written in it. */
export function Zone({ known }: { known: string }) {
  const router = useRouter();
  useEffect(() => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (zone === known) return;
    const told = `zone=${zone}; path=/; max-age=31536000; samesite=lax`;
    // `__Host-` ties it to this host and to https; without https no prefix is accepted.
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is not in every browser yet
    document.cookie = location.protocol === 'https:' ? `__Host-${told}; secure` : told;
    return whenLoaded(() => router.refresh());
  }, [known, router]);
  return null;
}
