'use client';

import { useRouter } from 'next/navigation';
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from 'react';
import { mailTexts } from '#app/_texts/mail.ts';

/** A copy on the line: its number, its place from 0 to 1, its time, and how many items it missed. */
export type Point = [sequence: number, x: number, takenAtMs: number, removed: number];

const dayMs = 86_400_000;
/** Held arrows pass over many copies; only where they stop is loaded. */
const settleMs = 300;

/** Another copy is another page; whoever moves through them by key stays on the line. */
let moving = false;

/** Chooses the copy that is shown: arrows go by one, Page keys by a day, Home and End to the ends. */
export function MomentSlider({
  points,
  current,
  zone,
  base,
  children,
}: {
  /** Oldest first. */
  points: Point[];
  current: number;
  zone: string;
  /** The page without a copy named in its address, which is the latest one. */
  base: string;
  children: ReactNode;
}) {
  const router = useRouter();
  const shown = points.findIndex(([sequence]) => sequence === current);
  const [index, setIndex] = useState(shown);
  const slider = useRef<HTMLDivElement>(null);
  useEffect(() => setIndex(shown), [shown]);
  useEffect(() => {
    if (moving) slider.current?.focus({ preventScroll: true });
    moving = false;
  }, []);
  useEffect(() => {
    if (index === shown) return;
    const timer = setTimeout(() => {
      const url = new URL(base, location.href);
      if (index < points.length - 1) url.searchParams.set('at', String(points[index]![0]));
      router.push(url.pathname + url.search);
    }, settleMs);
    return () => clearTimeout(timer);
  }, [index, shown, points, base, router]);

  const onKeyDown = (event: KeyboardEvent) => {
    const target = placeOf(event.key, points, index);
    if (target === null) return;
    event.preventDefault();
    moving = true;
    setIndex(Math.min(points.length - 1, Math.max(0, target)));
  };
  const onClick = (event: MouseEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width;
    const far = (point: Point) => Math.abs(point[1] - x);
    setIndex(points.reduce((best, point, n) => (far(point) < far(points[best]!) ? n : best), 0));
  };
  const [, x, ms, removed] = points[index] ?? points.at(-1)!;
  const moment = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(ms);
  const place = `${(x * 100).toFixed(2)}%`;
  return (
    <div
      ref={slider}
      role="slider"
      tabIndex={0}
      aria-label={mailTexts.timeline.label}
      aria-valuemin={1}
      aria-valuemax={points.length}
      aria-valuenow={index + 1}
      aria-valuetext={mailTexts.timeline.value(moment, removed)}
      onKeyDown={onKeyDown}
      onClick={onClick}
      className="relative cursor-pointer"
    >
      {children}
      <svg aria-hidden className="pointer-events-none absolute inset-0 size-full overflow-visible">
        <line x1={place} x2={place} y1="0" y2="100%" strokeWidth="2" className="stroke-accent" />
        <circle cx={place} cy="100%" r="5" className="fill-accent" />
      </svg>
    </div>
  );
}

/** Where a key leads from a copy; null for keys that are not the slider's. */
function placeOf(key: string, points: readonly Point[], index: number): number | null {
  const at = points[index]![2];
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return index - 1;
    case 'ArrowRight':
    case 'ArrowUp':
      return index + 1;
    case 'PageUp': {
      const later = points.findIndex(([, , ms]) => ms >= at + dayMs);
      return later < 0 ? points.length - 1 : later;
    }
    case 'PageDown':
      return points.findLastIndex(([, , ms]) => ms <= at - dayMs);
    case 'Home':
      return 0;
    case 'End':
      return points.length - 1;
    default:
      return null;
  }
}
