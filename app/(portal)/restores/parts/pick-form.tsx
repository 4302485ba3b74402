'use client';

import { useActionState } from 'react';
import { restoreTexts } from '#app/_texts/restores.ts';
import { Button } from '#app/_ui/button.tsx';
import { inputClass } from '#app/_ui/field.tsx';
import { Spinner } from '#app/_ui/icon.tsx';
import { openWizard } from '../actions.ts';

const texts = restoreTexts.pick;

export type Picked = 'kept' | 'folder' | 'mailbox';

/** What of a copy is restored; the answer is kept, and the next question is where it goes. */
export function PickForm({
  from,
  keeps,
  whole,
  folders,
  chosen,
}: {
  from: { tenantId: string; mailboxId: string; sequence: number };
  /** A restore that names single items, and how many: they can be kept. */
  keeps: { restoreId: string; words: string } | null;
  /** "1,204 items" */
  whole: string;
  /** In the order of the tree, each with its whole path. */
  folders: { id: string; path: string; items: string }[];
  chosen: { what: Picked; folderId: string };
}) {
  const [state, submit, pending] = useActionState(openWizard, { error: null });
  return (
    <form
      action={submit}
      // React empties a form when its act has ended; after a refusal the answers have to stay.
      onReset={(event) => event.preventDefault()}
      className="group/pick space-y-4"
    >
      <input type="hidden" name="tenantId" value={from.tenantId} />
      <input type="hidden" name="mailboxId" value={from.mailboxId} />
      <input type="hidden" name="sequence" value={from.sequence} />
      {keeps ? <input type="hidden" name="restoreId" value={keeps.restoreId} /> : null}
      <fieldset>
        <legend className="text-base font-semibold">{texts.what}</legend>
        <div className="mt-2 divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
          {keeps ? (
            <Answer
              value="kept"
              chosen={chosen.what === 'kept'}
              title={texts.chosen(keeps.words)}
            />
          ) : null}
          {folders.length > 0 ? (
            <Answer value="folder" chosen={chosen.what === 'folder'} title={texts.folder} />
          ) : null}
          <Answer
            value="mailbox"
            chosen={chosen.what === 'mailbox' || (chosen.what === 'folder' && folders.length === 0)}
            title={texts.whole(whole)}
          />
        </div>
      </fieldset>
      {folders.length > 0 ? (
        <label className="hidden text-sm font-medium group-has-[[value=folder]:checked]/pick:block">
          {texts.whichFolder}
          <select
            name="folderId"
            defaultValue={
              folders.some(({ id }) => id === chosen.folderId) ? chosen.folderId : folders[0]!.id
            }
            className={inputClass}
          >
            {folders.map((folder) => (
              <option key={folder.id} value={folder.id}>
                {folder.path} ({folder.items})
              </option>
            ))}
          </select>
        </label>
      ) : null}
      {state.error ? (
        <p role="alert" className="text-sm font-medium text-fail-ink">
          {state.error}
        </p>
      ) : null}
      <div
        data-alone
        className="flex flex-wrap items-center gap-3 max-sm:sticky max-sm:bottom-0 max-sm:-mx-4 max-sm:border-t max-sm:border-line max-sm:bg-surface max-sm:px-4 max-sm:py-3"
      >
        <Button weight="primary" className="max-sm:w-full" aria-disabled={pending || undefined}>
          {pending ? <Spinner /> : null}
          {texts.next}
        </Button>
        <p className="text-sm text-ink-2">{texts.promise}</p>
      </div>
    </form>
  );
}

function Answer({ value, title, chosen }: { value: Picked; title: string; chosen: boolean }) {
  return (
    <label className="flex cursor-pointer items-center gap-3 px-4 py-2.5 hover:bg-hover has-checked:bg-selected">
      <input type="radio" name="what" value={value} defaultChecked={chosen} className="dot" />
      <span className="font-medium">{title}</span>
    </label>
  );
}
