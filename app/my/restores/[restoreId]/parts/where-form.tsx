'use client';

import { useActionState } from 'react';
import { myTexts } from '#app/_texts/my.ts';
import { Answer } from '#app/_ui/answer.tsx';
import { FilterList, type FilterOption } from '#app/_ui/filter-list.tsx';
import { Spinner } from '#app/_ui/icon.tsx';
import { chooseWhere } from '../../../actions.ts';
import { bigAct, rows } from '../../../parts/column.tsx';

const texts = myTexts.restore;

export function WhereForm({
  restoreId,
  gone,
  folderName,
  others,
}: {
  restoreId: string;
  /** Why it cannot go back into its own mailbox; null where it can. */
  gone: string | null;
  folderName: string;
  others: FilterOption[];
}) {
  const [state, submit, pending] = useActionState(chooseWhere, { error: null });
  return (
    <form
      action={submit}
      // React empties a form when its act has ended; after a refusal the answers have to stay.
      onReset={(event) => event.preventDefault()}
      className="group/where space-y-5"
    >
      <input type="hidden" name="restoreId" value={restoreId} />
      {gone === null ? (
        <fieldset className={rows}>
          <legend className="sr-only">{texts.where}</legend>
          <Answer
            large
            name="where"
            value="original"
            title={texts.original}
            note={texts.originalNote}
            chosen
          />
          <Answer large name="where" value="folder" title={texts.folder} note={texts.folderNote} />
          <Answer
            large
            name="where"
            value="mailbox"
            title={texts.mailbox}
            note={texts.mailboxNote}
          />
        </fieldset>
      ) : (
        <>
          <input type="hidden" name="where" value="mailbox" />
          <p className="text-base text-ink-2">{gone}</p>
        </>
      )}
      <div
        className={`text-base ${gone === null ? 'hidden group-has-[[value=mailbox]:checked]/where:block' : ''}`}
      >
        <FilterList
          name="otherMailbox"
          label={texts.whoseMailbox}
          placeholder={texts.filter}
          none={texts.noneSuch}
          options={others}
        />
      </div>
      <label className="block text-base font-medium group-has-[[value=original]:checked]/where:hidden">
        {texts.folderName}
        <input
          name="folderName"
          defaultValue={folderName}
          maxLength={200}
          className="mt-1.5 h-12 w-full rounded-lg border border-line-strong bg-surface px-3 text-lg font-normal"
        />
      </label>
      {state.error ? (
        <p role="alert" className="text-base font-medium text-fail-ink">
          {state.error}
        </p>
      ) : null}
      <div className="sticky bottom-0 -mx-4 flex flex-col gap-x-4 gap-y-2 border-t border-line bg-surface px-4 pt-3 pb-4 sm:mx-0 sm:flex-row sm:items-center sm:border-0 sm:bg-transparent sm:px-0">
        <button
          type="submit"
          aria-disabled={pending || undefined}
          onClick={(event) => pending && event.preventDefault()}
          className={bigAct}
        >
          {pending ? <Spinner className="size-4" /> : null}
          {texts.next}
        </button>
        <p className="text-base text-ink-2 max-sm:text-center">{texts.nothingYet}</p>
      </div>
    </form>
  );
}
