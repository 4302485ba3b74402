'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { searchTexts as texts } from '#app/_texts/search.ts';
import { inputClass } from '#app/_ui/field.tsx';
import { paths } from '#app/paths.ts';

interface Named {
  id: string;
  name: string;
}

/**
 * Where to look: customer, mailbox, folder; each once the one before it is settled. What is typed
 * beside them stays, for only the address changes, and it holds ids.
 */
export function PlaceFields({
  customers,
  tenantId,
  mailboxes,
  mailboxId,
  folders,
  folderId,
}: {
  /** Null where it is settled. */
  customers: readonly Named[] | null;
  tenantId: string;
  /** Of that customer. */
  mailboxes: readonly Named[];
  mailboxId: string;
  /** Of that mailbox; null while none is chosen. */
  folders: readonly Named[] | null;
  folderId: string;
}) {
  const router = useRouter();
  const known = `${tenantId} ${mailboxId}`;
  const [seen, setSeen] = useState(known);
  const [chosen, setChosen] = useState({ tenantId, mailboxId });
  if (seen !== known) {
    setSeen(known);
    setChosen({ tenantId, mailboxId });
  }
  const choose = (place: typeof chosen) => {
    setChosen(place);
    if (customers === null) return;
    const mailbox = place.mailboxId || undefined;
    router.replace(paths.search({ customer: place.tenantId, mailbox }), { scroll: false });
  };
  const here = chosen.tenantId === tenantId;
  return (
    <div className="flex flex-wrap items-end gap-3">
      {customers === null ? (
        <input type="hidden" name="tenantId" value={tenantId} />
      ) : (
        <Select
          name="tenantId"
          label={texts.customer}
          options={customers}
          value={chosen.tenantId}
          onChoose={(id) => choose({ tenantId: id, mailboxId: '' })}
        />
      )}
      {here ? (
        <Select
          name="mailboxId"
          label={texts.mailbox}
          all={texts.everyMailbox}
          options={mailboxes}
          value={chosen.mailboxId}
          onChoose={(id) => choose({ tenantId, mailboxId: id })}
        />
      ) : null}
      {here && folders !== null && chosen.mailboxId === mailboxId ? (
        <Select
          key={mailboxId}
          name="folderId"
          label={texts.folder}
          all={texts.everyFolder}
          options={folders}
          first={folderId}
        />
      ) : null}
    </div>
  );
}

function Select({
  name,
  label,
  all,
  options,
  value,
  first,
  onChoose,
}: {
  name: string;
  label: string;
  /** What nothing chosen means. */
  all?: string;
  options: readonly Named[];
  value?: string;
  first?: string;
  onChoose?(id: string): void;
}) {
  return (
    <label className="min-w-0 basis-52 text-sm font-medium max-sm:grow">
      {label}
      <select
        name={name}
        {...(onChoose
          ? { value, onChange: (event) => onChoose(event.target.value) }
          : { defaultValue: first })}
        className={inputClass}
      >
        {all === undefined ? null : <option value="">{all}</option>}
        {options.map((option) => (
          <option key={option.id} value={option.id}>
            {option.name}
          </option>
        ))}
      </select>
    </label>
  );
}
