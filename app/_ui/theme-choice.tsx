'use client';

import { useEffect, useState } from 'react';
import { frameTexts } from '#app/_texts/frame.ts';

const themes = ['system', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];

/** Light, dark, or as the system has it. Kept in a cookie, so that the server draws it from the first byte. */
export function ThemeChoice() {
  const [theme, setTheme] = useState<Theme>('system');

  useEffect(() => {
    const { theme: drawn } = document.documentElement.dataset;
    if (drawn === 'light' || drawn === 'dark') setTheme(drawn);
  }, []);

  const choose = (next: Theme) => {
    setTheme(next);
    const { dataset } = document.documentElement;
    if (next === 'system') delete dataset.theme;
    else dataset.theme = next;
    const life = next === 'system' ? 0 : 31_536_000;
    const secure = location.protocol === 'https:' ? '; secure' : '';
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is not in every browser yet
    document.cookie = `theme=${next}; path=/; max-age=${life}; samesite=lax${secure}`;
  };

  return (
    <fieldset className="px-3 py-2">
      <legend className="float-left w-full pb-1.5 text-xs font-medium text-ink-3">
        {frameTexts.theme}
      </legend>
      <div className="clear-both grid grid-cols-3 gap-px overflow-hidden rounded-md border border-line bg-line">
        {themes.map((name) => (
          <label
            key={name}
            className="flex h-8 cursor-pointer items-center justify-center bg-surface text-sm has-checked:bg-selected has-checked:font-medium has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-focus max-sm:h-11"
          >
            <input
              type="radio"
              name="theme"
              value={name}
              checked={theme === name}
              onChange={() => choose(name)}
              className="sr-only"
            />
            {frameTexts.themes[name]}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
