'use client';

import { type FormEvent, type ReactNode, useActionState, useRef, useState } from 'react';
import { takeTexts as texts } from '#app/_texts/mail.ts';
import { restoreTexts } from '#app/_texts/restores.ts';
import { Button, buttonClass } from '#app/_ui/button.tsx';
import { Dialog, DialogHead } from '#app/_ui/dialog.tsx';
import { Icon, Spinner } from '#app/_ui/icon.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { formatBytes, formatCount } from '#lib/core/bytes.ts';
import { openWizard } from '../../../../../restores/actions.ts';
import { DownloadDialog } from './download-dialog.tsx';
import { type Chosen, WhichItems } from './which-items.tsx';

/** The page of a mailbox is one form: boxes pick, the dialog asks which, the wizard where to. */
export function RestoreForm({
  tenantId,
  mailboxId,
  mailboxName,
  sequence,
  moment,
  folder,
  total,
  noRestore,
  noDownload,
  search,
  head,
  children,
}: {
  tenantId: string;
  mailboxId: string;
  mailboxName: string;
  sequence: number;
  moment: string;
  folder: { id: string; path: string; count: number } | null;
  total: number;
  /** Why nothing can be restored; null when it can. */
  noRestore: string | null;
  /** Why nothing can be downloaded; null when it can. */
  noDownload: string | null;
  /** Leads to a search in this mailbox. */
  search: ReactNode;
  head: ReactNode;
  children: ReactNode;
}) {
  const [state, submit, pending] = useActionState(openWizard, { error: null });
  const [chosen, setChosen] = useState<Chosen>({ count: 0, bytes: 0 });
  const form = useRef<HTMLFormElement>(null);
  const dialog = useRef<HTMLDialogElement>(null);
  const downloading = useRef<HTMLDialogElement>(null);

  const boxes = () => [
    ...(form.current?.querySelectorAll<HTMLInputElement>('input[name="item"]') ?? []),
  ];
  const count = () => {
    const picked = boxes().filter((box) => box.checked);
    setChosen({
      count: picked.length,
      bytes: picked.reduce((sum, box) => sum + Number(box.dataset.bytes ?? 0), 0),
    });
  };
  const onChange = (event: FormEvent) => {
    const target = event.target as HTMLInputElement;
    if (target.dataset.all !== undefined) {
      for (const box of boxes()) box.checked = target.checked;
    }
    if (target.dataset.all !== undefined || target.name === 'item') count();
  };
  const clear = () => {
    for (const box of form.current?.querySelectorAll<HTMLInputElement>('[type="checkbox"]') ?? [])
      box.checked = false;
    count();
  };
  const label = chosen.count > 0 ? texts.restore(chosen.count) : texts.restoreNone;
  const restore = (className = '') =>
    noRestore === null ? (
      <button
        type="button"
        onClick={() => dialog.current?.showModal()}
        className={buttonClass('primary', className)}
      >
        {label}
      </button>
    ) : (
      <ReasonButton name={label} reason={noRestore} className={className}>
        {label}
      </ReasonButton>
    );
  const download = (className = '') =>
    noDownload === null ? (
      <button
        type="button"
        onClick={() => downloading.current?.showModal()}
        className={buttonClass('secondary', className)}
      >
        <Icon name="download" className="size-4" />
        {texts.download}
        {chosen.count > 0 ? ` ${formatCount(chosen.count)}` : ''}
      </button>
    ) : (
      <ReasonButton name={texts.download} reason={noDownload} className={className}>
        <Icon name="download" className="size-4" />
        {texts.download}
      </ReasonButton>
    );

  return (
    <form
      ref={form}
      action={submit}
      onChange={onChange}
      // React empties a form when its act has ended; after a refusal the choice has to stay.
      onReset={(event) => event.preventDefault()}
      className="flex flex-1 flex-col lg:h-[calc(100dvh-3rem)] lg:flex-none"
      data-alone
    >
      <input type="hidden" name="tenantId" value={tenantId} />
      <input type="hidden" name="mailboxId" value={mailboxId} />
      <input type="hidden" name="sequence" value={sequence} />
      <input type="hidden" name="folderId" value={folder?.id ?? ''} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 pt-4 pb-1 max-sm:hidden sm:px-6">
        {head}
        <div className="ml-auto flex items-center gap-2">
          {search}
          {download()}
          {restore()}
        </div>
      </div>
      {children}
      <div className="sticky bottom-0 z-20 flex min-h-12 flex-wrap items-center gap-x-4 gap-y-1 border-t border-line bg-canvas px-4 py-2 text-sm max-sm:bg-surface max-sm:py-3 sm:px-6">
        <p aria-live="polite" className="max-sm:hidden">
          <strong className="font-semibold">{texts.count(formatCount(chosen.count))}</strong>
          {chosen.count > 0 ? (
            <span className="ml-3 text-ink-2">{formatBytes(chosen.bytes)}</span>
          ) : null}
        </p>
        {chosen.count > 0 ? (
          <button
            type="button"
            onClick={clear}
            className="h-8 px-1 text-ink-2 hover:text-ink hover:underline max-sm:hidden"
          >
            {texts.clear}
          </button>
        ) : null}
        <p className="ml-auto text-ink-2 max-sm:hidden">{texts.planFirst}</p>
        <div className="flex w-full flex-wrap gap-3 sm:hidden">
          {search}
          {download('flex-1')}
          {restore('flex-1')}
        </div>
        <p className="w-full text-center text-xs text-ink-3 sm:hidden">
          {texts.planFirstShort}
          {chosen.count > 0 ? ` ${formatBytes(chosen.bytes)}` : ''}
        </p>
      </div>
      <Dialog ref={dialog} titleId="restore-title">
        <DialogHead
          titleId="restore-title"
          title={texts.restoreOf(mailboxName)}
          note={texts.copyOf(moment)}
          closeLabel={texts.close}
          close={() => dialog.current?.close()}
        />
        <WhichItems name="what" chosen={chosen} folder={folder} total={total} />
        {state.error ? (
          <p role="alert" className="mt-4 text-sm font-medium text-fail-ink">
            {state.error}
          </p>
        ) : null}
        <div className="mt-5 flex flex-wrap items-center gap-3">
          <Button weight="primary" aria-disabled={pending || undefined}>
            {pending ? <Spinner /> : null}
            {restoreTexts.pick.next}
          </Button>
          <p className="text-sm text-ink-2">{restoreTexts.pick.promise}</p>
        </div>
      </Dialog>
      <DownloadDialog
        dialog={downloading}
        mailboxName={mailboxName}
        moment={moment}
        folder={folder}
        total={total}
        chosen={chosen}
      />
    </form>
  );
}
