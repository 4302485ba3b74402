'use client';

import { useState } from 'react';
import { partTexts } from '#app/_texts/frame.ts';
import { buttonClass } from './button.tsx';

/** Copies a text and says so for a moment. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 3000);
  };
  return (
    <button type="button" onClick={copy} className={buttonClass('secondary')}>
      <span aria-live="polite">{copied ? partTexts.copied : label}</span>
    </button>
  );
}
