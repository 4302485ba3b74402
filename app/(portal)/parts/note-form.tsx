'use client';

import { type ReactNode, useActionState, useEffect, useId, useRef } from 'react';
import type { ActState } from '#app/_ui/act.tsx';
import { buttonClass } from '#app/_ui/button.tsx';
import { Spinner } from '#app/_ui/icon.tsx';

/** A button that opens a few fields about one incident, and closes them when they are kept. */
export function NoteForm({
  action,
  place,
  open,
  about,
  submit,
  children,
}: {
  action: (state: ActState, form: FormData) => Promise<ActState>;
  place: { tenantId: string; cause: string };
  /** The word of the button that opens it. */
  open: string;
  /** Which incident, for those who hear the page and for the head of the form. */
  about: string;
  submit: string;
  children: ReactNode;
}) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const [state, send, pending] = useActionState(action, { error: null });
  const sent = useRef(false);
  useEffect(() => {
    if (pending) sent.current = true;
    else if (sent.current) {
      sent.current = false;
      if (state.error === null) box.current?.hidePopover();
    }
  }, [pending, state]);
  return (
    <>
      <button
        type="button"
        popoverTarget={id}
        aria-label={`${open}: ${about}`}
        className={buttonClass('plain')}
      >
        {open}
      </button>
      <div
        ref={box}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={`${open}: ${about}`}
        className="fixed inset-0 m-auto h-fit w-88 max-w-[calc(100vw-2rem)] rounded-lg border border-line bg-surface p-4 text-ink shadow-dialog"
      >
        <form action={send} className="space-y-3">
          <input type="hidden" name="tenantId" value={place.tenantId} />
          <input type="hidden" name="cause" value={place.cause} />
          <p className="font-semibold">{about}</p>
          {children}
          {state.error ? (
            <p role="alert" className="text-sm font-medium text-fail-ink">
              {state.error}
            </p>
          ) : null}
          <div className="flex justify-end gap-2">
            <button type="button" popoverTarget={id} className={buttonClass('plain')}>
              Cancel
            </button>
            <button
              type="submit"
              aria-disabled={pending || undefined}
              onClick={(event) => pending && event.preventDefault()}
              className={buttonClass('secondary')}
            >
              {pending ? <Spinner /> : null}
              {submit}
            </button>
          </div>
        </form>
      </div>
    </>
  );
}
