import { type RefObject, useActionState } from 'react';
import { takeTexts as texts } from '#app/_texts/mail.ts';
import { Button } from '#app/_ui/button.tsx';
import { Dialog, DialogHead } from '#app/_ui/dialog.tsx';
import { Spinner } from '#app/_ui/icon.tsx';
import { makeDownload } from '../actions.ts';
import { type Chosen, WhichItems } from './which-items.tsx';

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
  return (
    <Dialog ref={dialog} titleId="download-title">
      <DialogHead
        titleId="download-title"
        title={texts.downloadFrom(mailboxName)}
        note={texts.copyOf(moment)}
        closeLabel={texts.close}
        close={() => dialog.current?.close()}
      />
      <WhichItems name="downloaded" chosen={chosen} folder={folder} total={total} />
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
    </Dialog>
  );
}
