'use client';

import { useRouter } from 'next/navigation';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { stateTexts } from '#app/_texts/frame.ts';
import { hearChanges } from './live-line.ts';
import { whenLoaded } from './when-loaded.ts';

/**
 * While told of every change, a page asks for one thing more: what becomes late does so by the clock
 * alone, and no row of the database changes with it.
 */
const heartbeatMs = 5 * 60_000;
const spacingMs = 1_000;
const ids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/**
 * Keeps a page live: asks a small address when the server says that what it is about has changed, or
 * every so often where nothing is heard, and draws the page anew when its stamp has changed. Silent
 * while the tab is hidden and until the page stands. When answers stop, the values stay and their age
 * is said.
 */
export function Live({
  from,
  stamp,
  text,
  everyMs = 1000,
  about,
}: {
  from: string;
  stamp: string;
  text: ReactNode;
  /** How often it asks where nothing is heard; longer where nothing is going on. */
  everyMs?: number;
  /** Topics whose every change matters, such as `['run', 'customer']`; else what the last id in `from` names does. */
  about?: readonly string[];
}) {
  const router = useRouter();
  const drawn = useRef(stamp);
  /** When an answer came last, as the browser says it; null while answers come. */
  const [lost, setLost] = useState<string | null>(null);
  drawn.current = stamp;
  const topics = about?.join(' ') ?? '';

  useEffect(() => {
    let stopped = false;
    let told = false;
    let asking = false;
    let once = false;
    let askedAt = 0;
    let heardAt = performance.now();
    let timer: ReturnType<typeof setTimeout>;
    let forget = () => {};
    const wait = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        forget();
        forget = whenLoaded(ask);
      }, ms);
    };
    const ask = async () => {
      if (asking) {
        once = true;
        return;
      }
      asking = true;
      once = false;
      askedAt = performance.now();
      const seen = document.visibilityState === 'visible';
      if (seen) {
        try {
          const answer = await fetch(from, { cache: 'no-store' });
          if (!answer.ok) throw new Error(String(answer.status));
          const next = (await answer.json()) as { stamp: string };
          if (stopped) return;
          heardAt = performance.now();
          setLost(null);
          if (next.stamp !== drawn.current) router.refresh();
        } catch {
          if (!stopped) setLost(clockOf(heardAt));
        }
      }
      asking = false;
      if (!stopped) wait(once ? spacingMs : told && seen ? heartbeatMs : everyMs);
    };
    const matters = topics.split(' ');
    const subject = from.match(ids)?.at(-1);
    const hush =
      subject === undefined && topics === ''
        ? () => {}
        : hearChanges({
            onNews: (news) => {
              const mine =
                news === null ||
                news.some(([topic, tenantId, id]) =>
                  topics === '' ? id === subject || tenantId === subject : matters.includes(topic),
                );
              if (!mine) return;
              if (asking) once = true;
              else wait(Math.max(0, spacingMs - (performance.now() - askedAt)));
            },
            onState: (live) => {
              told = live;
              // What changed after the page was drawn and before anybody listened was told to nobody.
              if (!asking) wait(everyMs);
            },
          });
    wait(everyMs);
    return () => {
      stopped = true;
      clearTimeout(timer);
      forget();
      hush();
    };
  }, [from, everyMs, topics, router]);

  return (
    <span
      className={`inline-flex items-center gap-1.5 text-xs whitespace-nowrap ${lost !== null ? 'text-late-ink' : 'text-ink-3'}`}
    >
      <span
        aria-hidden
        className={`size-1.5 rounded-full ${lost !== null ? 'bg-late-mark' : 'bg-ok-mark'}`}
      />
      <span>{lost === null ? text : stateTexts.updatesStopped(lost)}</span>
    </span>
  );
}

function clockOf(heardAt: number): string {
  return new Date(performance.timeOrigin + heardAt).toLocaleTimeString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
  });
}
