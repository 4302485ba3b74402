import type { ReactNode } from 'react';

/** One of a few answers, in a box with the others: what it is called, and what it does. */
export function Answer({
  name,
  value,
  title,
  note,
  chosen,
  disabled,
  large = false,
}: {
  name: string;
  value: string;
  title: string;
  note?: ReactNode;
  chosen?: boolean | undefined;
  /** It stays in sight, with why. */
  disabled?: boolean;
  /** For the pages that are drawn for the phone. */
  large?: boolean;
}) {
  return (
    <label
      className={`flex items-start gap-3 px-4 has-checked:bg-selected ${large ? 'py-3' : 'py-2.5'} ${disabled ? 'text-ink-2' : 'cursor-pointer hover:bg-hover'}`}
    >
      <input
        type="radio"
        name={name}
        value={value}
        disabled={disabled}
        defaultChecked={chosen}
        className={`dot ${large ? 'mt-1 size-5' : 'mt-0.5'}`}
      />
      <span>
        <span className="block font-medium">{title}</span>
        {note ? (
          <span className={`block text-ink-2 ${large ? 'text-base' : 'text-sm'}`}>{note}</span>
        ) : null}
      </span>
    </label>
  );
}
