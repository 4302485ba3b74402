'use client';

import { useActionState } from 'react';
import { myTexts } from '#app/_texts/my.ts';
import { Spinner } from '#app/_ui/icon.tsx';
import { chooseWhat } from '../../../../actions.ts';
import { bigAct, rows } from '../../../../parts/column.tsx';

const texts = myTexts.mailboxes;
const select =
  'mt-1.5 h-12 w-full rounded-lg border border-line-strong bg-surface px-3 text-lg font-normal';

/** All of a mailbox or a folder of it, as one of its copies has it. */
export function WhatForm({
  mailboxId,
  whole,
  folders,
  copies,
}: {
  mailboxId: string;
  whole: string;
  /** As of the latest copy. */
  folders: { id: string; label: string }[];
  copies: { sequence: number; label: string }[];
}) {
  const [state, submit, pending] = useActionState(chooseWhat, { error: null });
  return (
    <form
      action={submit}
      // React empties a form when its act has ended; after a refusal the answers have to stay.
      onReset={(event) => event.preventDefault()}
      className="group/what space-y-4"
    >
      <input type="hidden" name="mailboxId" value={mailboxId} />
      <fieldset className={rows}>
        <legend className="sr-only">{texts.what}</legend>
        <What value="mailbox" chosen>
          {whole}
        </What>
        {folders.length > 0 ? <What value="folder">{texts.folder}</What> : null}
      </fieldset>
      {folders.length > 0 ? (
        <label className="hidden text-base font-medium group-has-[[value=folder]:checked]/what:block">
          {texts.whichFolder}
          <select name="folderId" defaultValue={folders[0]!.id} className={select}>
            {folders.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      <label className="block text-base font-medium">
        {texts.copy}
        <select name="sequence" defaultValue={copies[0]?.sequence} className={select}>
          {copies.map(({ sequence, label }) => (
            <option key={sequence} value={sequence}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {state.error ? (
        <p role="alert" className="text-base font-medium text-fail-ink">
          {state.error}
        </p>
      ) : null}
      <div className="flex flex-col gap-x-4 gap-y-2 sm:flex-row sm:items-center">
        <button
          type="submit"
          aria-disabled={pending || undefined}
          onClick={(event) => pending && event.preventDefault()}
          className={bigAct}
        >
          {pending ? <Spinner className="size-4" /> : null}
          {texts.next}
        </button>
        <p className="text-base text-ink-2 max-sm:text-center">{texts.promise}</p>
      </div>
    </form>
  );
}

function What({ value, chosen, children }: { value: string; chosen?: boolean; children: string }) {
  return (
    <label className="flex min-h-12 cursor-pointer items-center gap-3 px-4 py-2 hover:bg-hover has-checked:bg-selected">
      <input
        type="radio"
        name="what"
        value={value}
        defaultChecked={chosen}
        className="dot size-5"
      />
      {children}
    </label>
  );
}
