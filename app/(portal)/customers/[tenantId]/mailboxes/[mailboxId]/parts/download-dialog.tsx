import { type RefObject, useActionState } from 'react';
import { takeTexts as texts } from '#app/_texts/mail.ts';
import { Button } from '#app/_ui/button.tsx';
import { Icon, Spinner } from '#app/_ui/icon.tsx';
import { formatBytes } from '#lib/core/bytes.ts';
import { makeDownload } from '../actions.ts';
import { Choice, Choices } from './choices.tsx';
import type { Chosen } from './restore-form.tsx';

/** Which items go into a ZIP. Part of the mailbox's form: its boxes are the selection. */
export function DownloadDialog({
  dialog,
  mailboxName,
  moment,
  folder,
  total,
  chosen,
}: {
  dialog: RefObject<HTMLDialogElement | null>;
  mailboxName: string;
  moment: string;
  folder: { id: string; path: string } | null;
  total: number;
  chosen: Chosen;
}) {
  const [state, submit, pending] = useActionState(makeDownload, { error: null });
  const some = chosen.count > 0;
  return (
    <dialog
      ref={dialog}
      aria-labelledby="download-title"
      className="m-auto w-full max-w-140 rounded-xl border border-line bg-surface p-6 text-ink shadow-dialog backdrop:bg-black/40 max-sm:mb-0 max-sm:max-w-full max-sm:rounded-b-none max-sm:p-4"
    >
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <h2 id="download-title" className="text-xl font-semibold">
            {texts.downloadFrom(mailboxName)}
          </h2>
          <p className="text-sm text-ink-2">{texts.copyOf(moment)}</p>
        </div>
        <button
          type="button"
          aria-label={texts.close}
          onClick={() => dialog.current?.close()}
          className="flex size-8 items-center justify-center rounded-md hover:bg-hover max-sm:size-11"
        >
          <Icon name="x" />
        </button>
      </div>
      <Choices legend={texts.what}>
        <Choice
          name="downloaded"
          value="items"
          disabled={!some}
          defaultChecked={some}
          key={`items ${some}`}
        >
          {some ? texts.selected(chosen.count, formatBytes(chosen.bytes)) : texts.noneSelected}
        </Choice>
        {folder ? (
          <Choice name="downloaded" value="folder" defaultChecked={!some} key={`folder ${some}`}>
            {texts.folder(folder.path)}
          </Choice>
        ) : null}
        <Choice name="downloaded" value="mailbox">
          {texts.whole(total)}
        </Choice>
      </Choices>
      <p className="mt-4 text-sm text-ink-2">{texts.zipNote}</p>
      {state.error ? (
        <p role="alert" className="mt-4 text-sm font-medium text-fail-ink">
          {state.error}
        </p>
      ) : null}
      <div className="mt-5 flex flex-wrap items-center gap-3">
        <Button weight="primary" formAction={submit} aria-disabled={pending || undefined}>
          {pending ? <Spinner /> : null}
          {texts.makeZip}
        </Button>
        <p className="text-sm text-ink-2">{texts.untouched}</p>
      </div>
    </dialog>
  );
}
