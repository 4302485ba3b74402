import type { ComponentProps } from 'react';

/** A named input with its hint and, in the same words as the verb's, what is wrong with it. */
export function Field({
  label,
  hint,
  error,
  ...input
}: ComponentProps<'input'> & {
  name: string;
  label: string;
  hint?: string;
  error?: string | null;
}) {
  const id = `field-${input.name}`;
  const described = [hint ? `${id}-hint` : '', error ? `${id}-error` : '']
    .filter(Boolean)
    .join(' ');
  return (
    <div>
      <label htmlFor={id} className="block text-sm font-medium">
        {label}
      </label>
      {hint ? (
        <p id={`${id}-hint`} className="text-sm text-ink-3">
          {hint}
        </p>
      ) : null}
      <input
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={described || undefined}
        className={inputClass}
        {...input}
      />
      {error ? (
        <p id={`${id}-error`} role="alert" className="mt-1.5 text-sm font-medium text-fail-ink">
          {error}
        </p>
      ) : null}
    </div>
  );
}

export const inputClass =
  'mt-1.5 h-9 w-full rounded-md border border-line-strong bg-surface px-3 text-base font-normal text-ink aria-invalid:border-fail-mark max-sm:h-11 max-sm:text-lg';
