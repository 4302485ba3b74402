import type { ReactNode, Ref } from 'react';
import { Icon } from './icon.tsx';

/** A box over the page, at its foot on a phone. Whoever has its ref opens it with `showModal`. */
export function Dialog({
  ref,
  titleId,
  children,
}: {
  ref: Ref<HTMLDialogElement>;
  titleId: string;
  children: ReactNode;
}) {
  return (
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      className="m-auto w-full max-w-140 rounded-xl border border-line bg-surface p-6 text-ink shadow-dialog backdrop:bg-black/40 max-sm:mb-0 max-sm:max-w-full max-sm:rounded-b-none max-sm:p-4"
    >
      {children}
    </dialog>
  );
}

/** The title of a dialog, and the way out of it. */
export function DialogHead({
  titleId,
  title,
  note,
  closeLabel,
  close,
}: {
  titleId: string;
  title: string;
  note?: string;
  closeLabel: string;
  close: () => void;
}) {
  return (
    <div className="flex items-start gap-3">
      <div className="min-w-0 flex-1">
        <h2 id={titleId} className="text-xl font-semibold">
          {title}
        </h2>
        {note ? <p className="text-sm text-ink-2">{note}</p> : null}
      </div>
      <button
        type="button"
        aria-label={closeLabel}
        onClick={close}
        className="-mt-0.5 flex size-8 items-center justify-center rounded-md hover:bg-hover max-sm:-mt-2 max-sm:size-11"
      >
        <Icon name="x" />
      </button>
    </div>
  );
}
