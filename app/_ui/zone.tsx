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
    const secure = location.protocol === 'https:' ? '; secure' : '';
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is not in every browser yet
    document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax${secure}`;
    return whenLoaded(() => router.refresh());
  }, [known, router]);
  return null;
}
