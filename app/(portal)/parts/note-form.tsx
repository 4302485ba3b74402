'use client';

import { type ReactNode, useActionState, useEffect, useRef, useState } from 'react';
import type { ActState } from '#app/_ui/act.tsx';
import { buttonClass } from '#app/_ui/button.tsx';
import { Spinner } from '#app/_ui/icon.tsx';

type NoteAction = (state: ActState, form: FormData) => Promise<ActState>;

/** The incident whose button was pressed. */
interface Chosen {
  tenantId: string;
  cause: string;
  about: string;
  ticket: string;
}

/**
 * A few fields about whichever incident's button opened them (`NoteButton`): one dialog for the page,
 * since a fleet has many incidents and one at a time is spoken about.
 */
export function NoteForm(props: {
  /** Of the dialog; buttons name it. */
  id: string;
  action: NoteAction;
  /** The word of the buttons that open it. */
  open: string;
  submit: string;
  cancel: string;
  children: ReactNode;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const { id, open } = props;
  useEffect(() => {
    const look = (event: MouseEvent) => {
      const button = (event.target as Element).closest<HTMLElement>(`[popovertarget="${id}"]`);
      if (!button?.dataset.cause) return;
      const { tenant = '', cause, about = '', ticket = '' } = button.dataset;
      setChosen({ tenantId: tenant, cause, about, ticket });
    };
    document.addEventListener('click', look);
    return () => document.removeEventListener('click', look);
  }, [id]);
  return (
    <div
      ref={box}
      id={id}
      popover="auto"
      role="dialog"
      aria-label={chosen === null ? open : `${open}: ${chosen.about}`}
      className="fixed inset-0 m-auto h-fit w-88 max-w-[calc(100vw-2rem)] rounded-lg border border-line bg-surface p-4 text-ink shadow-dialog"
    >
      {chosen === null ? null : (
        <Fields
          key={`${chosen.tenantId} ${chosen.cause}`}
          {...props}
          chosen={chosen}
          close={() => box.current?.hidePopover()}
        />
      )}
    </div>
  );
}

function Fields({
  id,
  action,
  submit,
  cancel,
  chosen,
  close,
  children,
}: Parameters<typeof NoteForm>[0] & { chosen: Chosen; close: () => void }) {
  const form = useRef<HTMLFormElement>(null);
  const [state, send, pending] = useActionState(action, { error: null });
  const sent = useRef(false);
  // Whoever opened it by key or hears the page is in it at once; Escape leads back to the button.
  useEffect(() => {
    const box = form.current?.parentElement;
    const firstField = () =>
      form.current?.querySelector<HTMLElement>('select, input:not([type=hidden])')?.focus();
    const onToggle = (event: Event) => {
      if ((event as ToggleEvent).newState === 'open') firstField();
    };
    if (box?.matches(':popover-open')) firstField();
    box?.addEventListener('toggle', onToggle);
    return () => box?.removeEventListener('toggle', onToggle);
  }, []);
  useEffect(() => {
    const ticket = form.current?.elements.namedItem('ticket');
    if (ticket instanceof HTMLInputElement) ticket.value = chosen.ticket;
  }, [chosen]);
  useEffect(() => {
    if (pending) sent.current = true;
    else if (sent.current) {
      sent.current = false;
      if (state.error === null) close();
    }
  }, [pending, state, close]);
  return (
    <form ref={form} action={send} className="space-y-3">
      <input type="hidden" name="tenantId" value={chosen.tenantId} />
      <input type="hidden" name="cause" value={chosen.cause} />
      <p className="font-semibold">{chosen.about}</p>
      {children}
      {state.error ? (
        <p role="alert" className="text-sm font-medium text-fail-ink">
          {state.error}
        </p>
      ) : null}
      <div className="flex justify-end gap-2">
        <button type="button" popoverTarget={id} className={buttonClass('plain')}>
          {cancel}
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
  );
}
