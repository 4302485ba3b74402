'use client';

import { useEffect, useRef } from 'react';

/**
 * One small box for all times of a page: it says the UTC of the one that has the pointer or the
 * focus. It can be pointed at itself, stays until left, and Escape closes it.
 */
export function TimeHint() {
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const hint = box.current;
    if (hint === null) return;
    let shown: Element | null = null;
    const hide = () => {
      shown = null;
      if (hint.matches(':popover-open')) hint.hidePopover();
    };
    const show = (time: HTMLElement) => {
      if (shown === time) return;
      shown = time;
      hint.textContent = `${time.dataset.utc} UTC`;
      hint.showPopover();
      const place = time.getBoundingClientRect();
      const { width, height } = hint.getBoundingClientRect();
      const left = Math.min(place.left, document.documentElement.clientWidth - width - 8);
      const below = place.bottom + height + 4 < innerHeight;
      hint.style.left = `${Math.max(8, left)}px`;
      hint.style.top = `${below ? place.bottom : place.top - height}px`;
    };
    const onPoint = (event: Event) => {
      const target = event.target as Element;
      if (target === hint) return;
      const time = target.closest?.<HTMLElement>('time[data-utc]');
      if (time) show(time);
      else if (shown && !shown.contains(document.activeElement)) hide();
    };
    const onFocus = (event: Event) => {
      const target = event.target as HTMLElement;
      if (!target.matches(':focus-visible')) return;
      const time = target.matches('time[data-utc]')
        ? target
        : target.querySelector<HTMLElement>('time[data-utc]');
      if (time) show(time);
      else hide();
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') hide();
    };
    document.addEventListener('pointerover', onPoint);
    document.addEventListener('focusin', onFocus);
    document.addEventListener('focusout', hide);
    document.addEventListener('keydown', onKey);
    document.addEventListener('scroll', hide, { capture: true, passive: true });
    return () => {
      document.removeEventListener('pointerover', onPoint);
      document.removeEventListener('focusin', onFocus);
      document.removeEventListener('focusout', hide);
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('scroll', hide, { capture: true });
    };
  }, []);

  return (
    <div
      ref={box}
      popover="manual"
      role="tooltip"
      className="fixed inset-auto m-0 rounded-md border border-line bg-surface px-2 py-1 text-xs whitespace-nowrap text-ink shadow-menu"
    />
  );
}
