'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { stateTexts } from '#app/_texts/frame.ts';

/**
 * Keeps a page live: asks a small address now and then and draws the page anew when its stamp has
 * changed. Silent while the tab is hidden. When answers stop, the values stay and their age is said.
 */
export function Live({
  from,
  stamp,
  text,
  everyMs = 1000,
}: {
  from: string;
  stamp: string;
  text: string;
  /** Longer where nothing is going on. */
  everyMs?: number;
}) {
  const router = useRouter();
  const drawn = useRef(stamp);
  const [lost, setLost] = useState(false);
  drawn.current = stamp;

  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout>;
    const ask = async () => {
      if (document.visibilityState === 'visible') {
        try {
          const answer = await fetch(from, { cache: 'no-store' });
          if (!answer.ok) throw new Error(String(answer.status));
          const next = (await answer.json()) as { stamp: string };
          if (stopped) return;
          setLost(false);
          if (next.stamp !== drawn.current) router.refresh();
        } catch {
          if (!stopped) setLost(true);
        }
      }
      if (!stopped) timer = setTimeout(ask, everyMs);
    };
    timer = setTimeout(ask, everyMs);
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [from, everyMs, router]);

  return (
    <span
      className={`inline-flex items-center gap-1.5 text-xs whitespace-nowrap ${lost ? 'text-late-ink' : 'text-ink-3'}`}
    >
      <span
        aria-hidden
        className={`size-1.5 rounded-full ${lost ? 'bg-late-mark' : 'bg-ok-mark'}`}
      />
      {lost ? stateTexts.updatesStopped : text}
    </span>
  );
}
