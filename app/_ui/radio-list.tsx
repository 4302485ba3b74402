export interface RadioOption {
  value: string;
  name: string;
  does?: string;
  /** Why it cannot be chosen; it stays in sight. */
  reason?: string | null;
}

/** A few answers, each with what it means. */
export function RadioList({
  name,
  label,
  note,
  options,
  chosen,
}: {
  name: string;
  label: string;
  note?: string;
  options: RadioOption[];
  chosen?: string;
}) {
  return (
    <fieldset>
      <legend className="text-sm font-medium">{label}</legend>
      {note ? <p className="text-sm text-ink-3">{note}</p> : null}
      <div className="mt-1.5 rounded-md border border-line">
        {options.map((option) => (
          <label
            key={option.value}
            className="flex min-h-11 gap-3 border-b border-line px-3 py-2 last:border-0 has-enabled:cursor-pointer has-enabled:hover:bg-hover has-checked:bg-selected"
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              defaultChecked={option.value === chosen}
              disabled={Boolean(option.reason)}
              className="dot mt-0.5"
            />
            <span className="min-w-0 text-sm">
              <span className="block font-medium">{option.name}</span>
              {option.does ? <span className="block text-ink-2">{option.does}</span> : null}
              {option.reason ? <span className="block text-ink-2">{option.reason}</span> : null}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
