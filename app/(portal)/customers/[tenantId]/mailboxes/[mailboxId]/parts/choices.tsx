import type { ReactNode } from 'react';

/** One question of a dialog. */
export function Choices({ legend, children }: { legend: string; children: ReactNode }) {
  return (
    <fieldset className="mt-4 space-y-1.5">
      <legend className="mb-1 text-sm font-semibold">{legend}</legend>
      {children}
    </fieldset>
  );
}

export function Choice({
  name,
  value,
  disabled,
  defaultChecked,
  children,
}: {
  name: string;
  value: string;
  disabled?: boolean;
  defaultChecked?: boolean;
  children: ReactNode;
}) {
  return (
    <label
      className={`flex items-center gap-2.5 text-sm max-sm:min-h-9 ${disabled ? 'text-ink-3' : ''}`}
    >
      <input
        type="radio"
        name={name}
        value={value}
        disabled={disabled}
        defaultChecked={defaultChecked}
        className="dot"
      />
      {children}
    </label>
  );
}
