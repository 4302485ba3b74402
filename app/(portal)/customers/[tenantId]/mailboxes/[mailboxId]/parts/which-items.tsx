import type { ReactNode } from 'react';
import { takeTexts as texts } from '#app/_texts/mail.ts';
import { formatBytes } from '#lib/core/bytes.ts';

export interface Chosen {
  count: number;
  bytes: number;
}

/** The first question of a dialog: what was chosen in the list, the folder that is open, or everything. */
export function WhichItems({
  name,
  chosen,
  folder,
  total,
}: {
  name: string;
  chosen: Chosen;
  folder: { path: string } | null;
  total: number;
}) {
  const some = chosen.count > 0;
  // A new key is a new box: what is on follows what is chosen, until somebody says otherwise.
  return (
    <fieldset className="mt-4 space-y-1.5">
      <legend className="mb-1 text-sm font-semibold">{texts.what}</legend>
      <Choice name={name} value="items" disabled={!some} on={some} key={`items ${some}`}>
        {some ? texts.selected(chosen.count, formatBytes(chosen.bytes)) : texts.noneSelected}
      </Choice>
      {folder ? (
        <Choice name={name} value="folder" on={!some} key={`folder ${some}`}>
          {texts.folder(folder.path)}
        </Choice>
      ) : null}
      <Choice name={name} value="mailbox">
        {texts.whole(total)}
      </Choice>
    </fieldset>
  );
}

function Choice({
  name,
  value,
  disabled,
  on,
  children,
}: {
  name: string;
  value: string;
  disabled?: boolean;
  on?: boolean;
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
        defaultChecked={on}
        className="dot"
      />
      {children}
    </label>
  );
}
