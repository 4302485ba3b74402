'use client';

import Link from 'next/link';
import { useId, useState } from 'react';
import { partTexts } from '#app/_texts/frame.ts';
import { inputClass } from './field.tsx';
import { Icon } from './icon.tsx';

export interface FilterOption {
  value: string;
  label: string;
  /** In small beside it, and looked through as well. */
  hint?: string;
  /** Where it leads; without it the option is one to choose in a form. */
  href?: string;
}

/** More lines than anybody reads before they type another letter. */
const shownAtOnce = 60;

/**
 * A list to find one in. The letters stay in the browser: names of people belong into no address.
 * Either every option leads somewhere, or the one that is chosen is a field of the form around.
 */
export function FilterList({
  name,
  label,
  placeholder,
  none,
  options,
  chosen,
}: {
  name: string;
  label: string;
  placeholder: string;
  /** What to say when nothing matches. */
  none: string;
  options: FilterOption[];
  chosen?: string | undefined;
}) {
  const [typed, setTyped] = useState('');
  const [picked, setPicked] = useState(chosen);
  const id = useId();
  const words = typed.trim().toLowerCase().split(/\s+/u);
  const matches = options.filter((option) => {
    const text = `${option.label} ${option.hint ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  // What is chosen stays in the form and in sight while the letters go elsewhere.
  const held = options.find(({ value }) => value === picked);
  const first = matches.slice(0, shownAtOnce);
  const shown = held && !held.href && !first.includes(held) ? [held, ...first] : first;
  return (
    <div>
      <label htmlFor={id} className="block text-sm font-medium">
        {label}
      </label>
      <input
        id={id}
        type="search"
        autoComplete="off"
        placeholder={placeholder}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        className={inputClass}
      />
      <p aria-live="polite" className="mt-1.5 text-xs text-ink-3">
        {matches.length === 0
          ? none
          : `${partTexts.someOf(matches.length, options.length)}${matches.length > shownAtOnce ? partTexts.firstShown(shownAtOnce) : ''}`}
      </p>
      <ul
        aria-label={label}
        className="mt-1 max-h-80 overflow-y-auto rounded-md border border-line bg-surface empty:hidden"
      >
        {shown.map((option) => (
          <li key={option.value} className="border-b border-line last:border-0">
            {option.href ? (
              <Link
                href={option.href}
                prefetch={false}
                className="flex min-h-row items-center gap-3 px-3 py-1 hover:bg-hover max-sm:min-h-11"
              >
                <Line option={option} />
                <Icon name="chevronRight" className="ml-auto size-3.5 text-ink-3" />
              </Link>
            ) : (
              <label className="flex min-h-row cursor-pointer items-center gap-3 px-3 py-1 hover:bg-hover has-checked:bg-selected max-sm:min-h-11">
                <input
                  type="radio"
                  name={name}
                  value={option.value}
                  checked={picked === option.value}
                  onChange={() => setPicked(option.value)}
                  className="dot"
                />
                <Line option={option} />
              </label>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Line({ option }: { option: FilterOption }) {
  return (
    <span className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-3 text-sm">
      <span className="font-medium">{option.label}</span>
      {option.hint ? <span className="min-w-0 break-all text-ink-2">{option.hint}</span> : null}
    </span>
  );
}
