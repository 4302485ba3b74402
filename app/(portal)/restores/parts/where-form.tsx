'use client';

import { useActionState } from 'react';
import { restoreTexts } from '#app/_texts/restores.ts';
import { Answer } from '#app/_ui/answer.tsx';
import { Button } from '#app/_ui/button.tsx';
import { inputClass } from '#app/_ui/field.tsx';
import { FilterList, type FilterOption } from '#app/_ui/filter-list.tsx';
import { Spinner } from '#app/_ui/icon.tsx';
import type { CollisionRule } from '#db/enums.ts';
import type { Destination } from '#db/schema/restores.ts';
import { chooseWhere } from '../actions.ts';

const texts = restoreTexts.where;

/** Where a restore goes, and what happens to what is there. What was answered before is filled in. */
export function WhereForm({
  restore,
  sealed,
  folderName,
  others,
}: {
  restore: {
    tenantId: string;
    id: string;
    /** Nothing was answered yet. */
    fresh: boolean;
    destination: Destination;
    collisions: CollisionRule;
  };
  sealed: boolean;
  /** What the folder is called unless somebody says otherwise. */
  folderName: string;
  others: FilterOption[];
}) {
  const [state, submit, pending] = useActionState(chooseWhere, { error: null });
  const { destination } = restore;
  const kind = restore.fresh && sealed ? 'mailbox' : destination.kind;
  const named =
    destination.kind === 'folder'
      ? destination.name
      : destination.kind === 'mailbox'
        ? destination.folderName
        : folderName;
  return (
    <form
      action={submit}
      // React empties a form when its act has ended; after a refusal the answers have to stay.
      onReset={(event) => event.preventDefault()}
      className="group/where min-w-0 space-y-6"
    >
      <input type="hidden" name="tenantId" value={restore.tenantId} />
      <input type="hidden" name="restoreId" value={restore.id} />
      <fieldset>
        <legend className="text-lg font-semibold">{texts.where}</legend>
        <div className="mt-2 divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
          <Answer
            name="where"
            value="original"
            title={texts.original}
            note={sealed ? texts.originalSealed : texts.originalNote}
            disabled={sealed}
            chosen={kind === 'original' && !sealed}
          />
          <Answer
            name="where"
            value="folder"
            title={texts.folder}
            note={sealed ? texts.originalSealed : texts.folderNote}
            disabled={sealed}
            chosen={kind === 'folder'}
          />
          <Answer
            name="where"
            value="mailbox"
            title={texts.mailbox}
            note={others.length === 0 ? texts.noOther : texts.mailboxNote}
            disabled={others.length === 0}
            chosen={kind === 'mailbox'}
          />
        </div>
      </fieldset>
      <div className="space-y-4 group-has-[[value=original]:checked]/where:hidden">
        <label className="block text-sm font-medium">
          {texts.folderName}
          <input name="folderName" defaultValue={named} maxLength={200} className={inputClass} />
        </label>
        <div className="hidden group-has-[[value=mailbox]:checked]/where:block">
          <FilterList
            name="otherMailbox"
            label={texts.other}
            placeholder={texts.filter}
            none={texts.none}
            options={others}
            chosen={destination.kind === 'mailbox' ? destination.mailboxId : undefined}
          />
        </div>
      </div>
      <fieldset>
        <legend className="text-base font-semibold">{texts.same}</legend>
        <div className="mt-2 divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface">
          <Answer
            name="collisions"
            value="skip"
            title={texts.skip}
            note={texts.skipNote}
            chosen={restore.collisions === 'skip'}
          />
          <Answer
            name="collisions"
            value="copy"
            title={texts.copy}
            chosen={restore.collisions === 'copy'}
          />
          <Answer
            name="collisions"
            value="replace"
            title={texts.replace}
            note={texts.replaceNote}
            chosen={restore.collisions === 'replace'}
          />
        </div>
      </fieldset>
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
