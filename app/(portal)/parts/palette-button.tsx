'use client';

import { type ComponentType, type ReactNode, useCallback, useEffect, useState } from 'react';
import { paletteTexts } from '#app/_texts/palette.ts';
import type { PaletteProps } from './palette.tsx';
import type { PaletteAct } from './palette-acts.ts';

/** Opens the palette by Ctrl-K or a click. Its code arrives when somebody reaches for it. */
export function PaletteButton({ acts, children }: { acts: PaletteAct[]; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const [Palette, setPalette] = useState<ComponentType<PaletteProps> | null>(null);

  const fetchIt = useCallback(() => {
    import('./palette.tsx').then(
      (part) => setPalette(() => part.Palette),
      () => {},
    );
  }, []);
  const show = useCallback(() => {
    fetchIt();
    setOpen(true);
  }, [fetchIt]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
      if (event.key.toLowerCase() !== 'k') return;
      event.preventDefault();
      show();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [show]);

  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        aria-keyshortcuts="Control+K"
        onPointerEnter={fetchIt}
        onFocus={fetchIt}
        onClick={show}
        className="flex h-8 items-center gap-2 rounded-md border border-line-strong/40 bg-canvas px-2.5 text-sm text-ink-2 hover:bg-hover max-sm:size-11 max-sm:justify-center max-sm:border-0 max-sm:bg-transparent max-sm:px-0 sm:w-70"
      >
        {children}
        <span className="truncate max-sm:sr-only">{paletteTexts.open}</span>
        <kbd className="ml-auto rounded-sm border border-line bg-surface px-1.5 font-sans text-xs whitespace-nowrap text-ink-2 max-sm:hidden">
          {paletteTexts.key}
        </kbd>
      </button>
      {open && Palette ? <Palette acts={acts} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
