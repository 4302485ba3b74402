'use client';

import { usePathname, useRouter } from 'next/navigation';
import {
  type KeyboardEvent,
  startTransition,
  useActionState,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';
import { paletteTexts } from '#app/_texts/palette.ts';
import { paths } from '#app/paths.ts';
import { backUpNow } from '../customers/[tenantId]/actions.ts';
import type { PaletteAct } from './palette-acts.ts';
import { type Answer, groupsOf, momentOf, type Option } from './palette-options.ts';

export interface PaletteProps {
  acts: PaletteAct[];
  onClose: () => void;
}

const typingMs = 120;
const ofMailbox = /\/mailboxes\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/;
const ofCustomer =
  /^\/(?:customers|runs|restores|exports)\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/;

/** A combobox over a list: the focus stays in the field, the arrows move through what was found. */
export function Palette({ acts, onClose }: PaletteProps) {
  const router = useRouter();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const pathname = usePathname();
  const here = ofCustomer.exec(pathname)?.[1];
  const mailboxId = ofMailbox.exec(pathname)?.[1];
  const [done, backUp, starting] = useActionState(backUpNow, { error: null });
  const openedOn = useRef(pathname);
  const [words, setWords] = useState('');
  const [scoped, setScoped] = useState(here !== undefined);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [silent, setSilent] = useState(false);
  const [at, setAt] = useState(0);
  const tenantId = scoped ? here : undefined;

  useEffect(() => {
    dialog.current?.showModal();
  }, []);

  // An act that was done here leads elsewhere by itself.
  useEffect(() => {
    if (pathname !== openedOn.current) dialog.current?.close();
  }, [pathname]);

  useEffect(() => {
    const patience = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const reply = await fetch(paths.palette(), {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ words: words.trim(), tenantId }),
          signal: patience.signal,
        });
        if (!reply.ok) throw new Error(String(reply.status));
        setAnswer((await reply.json()) as Answer);
        setSilent(false);
      } catch {
        if (!patience.signal.aborted) setSilent(true);
      }
    }, typingMs);
    return () => {
      clearTimeout(timer);
      patience.abort();
    };
  }, [words, tenantId]);

  const scope = tenantId === undefined ? null : (answer?.scope ?? null);
  const groups = groupsOf({ acts, answer, words, scope, mailboxId });
  const options = groups.flatMap((group) => group.options);
  const current = Math.min(at, options.length - 1);

  const follow = (option: Option | undefined) => {
    if (option === undefined || option.reason || starting) return;
    if (option.act === 'back-up' && scope) {
      const form = new FormData();
      form.set('tenantId', scope.tenantId);
      startTransition(() => backUp(form));
      return;
    }
    dialog.current?.close();
    router.push(option.href);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowDown: current + 1,
      ArrowUp: current - 1 + options.length,
      PageDown: Math.min(current + 8, options.length - 1),
      PageUp: Math.max(current - 8, 0),
    };
    const next = steps[event.key];
    if (next !== undefined && options.length > 0) {
      event.preventDefault();
      setAt(next % options.length);
      document
        .getElementById(`${id}-${next % options.length}`)
        ?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter') {
      event.preventDefault();
      follow(options[current]);
    } else if (event.key === 'Backspace' && words === '' && scoped) {
      setScoped(false);
    }
  };

  const asked = words.trim();
  let index = -1;
  return (
    <dialog
      ref={dialog}
      aria-label={paletteTexts.title}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
      onKeyDown={() => {}}
      className="m-auto mt-[10vh] w-full max-w-150 overflow-hidden rounded-xl border border-line bg-surface p-0 text-ink shadow-dialog backdrop:bg-black/30 max-sm:mt-0 max-sm:h-dvh max-sm:max-h-none max-sm:max-w-none max-sm:rounded-none"
    >
      <div className="flex h-12 items-center gap-2 border-b border-line px-4">
        {scope ? (
          <button
            type="button"
            aria-label={`${paletteTexts.within(scope.name)}. ${paletteTexts.everywhere(scope.name)}`}
            onClick={() => setScoped(false)}
            className="flex h-6 shrink-0 items-center gap-1.5 rounded-sm bg-selected px-2 text-xs font-medium"
          >
            <span className="max-w-40 truncate">{paletteTexts.within(scope.name)}</span>
            <span aria-hidden>×</span>
          </button>
        ) : null}
        <input
          autoFocus
          role="combobox"
          aria-label={paletteTexts.label}
          aria-expanded={options.length > 0}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={options.length > 0 ? `${id}-${current}` : undefined}
          autoComplete="off"
          spellCheck={false}
          maxLength={80}
          value={words}
          placeholder={paletteTexts.open}
          onChange={(event) => {
            setWords(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
          className="h-full min-w-0 flex-1 bg-transparent text-lg outline-none placeholder:text-ink-3"
        />
        <button
          type="button"
          onClick={() => dialog.current?.close()}
          className="h-8 rounded-md px-2 text-xs text-ink-2 hover:bg-hover max-sm:h-11 max-sm:text-base"
        >
          {paletteTexts.close}
        </button>
      </div>
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label={paletteTexts.listed}
        className="max-h-[60vh] overflow-y-auto py-2 max-sm:max-h-[calc(100dvh-6rem)]"
      >
        {groups.map((group) => (
          // biome-ignore lint/a11y/useSemanticElements: a group of options, not of form fields
          <div key={group.name} role="group" aria-label={group.name}>
            <p aria-hidden className="px-4 pt-2 pb-1 text-xs font-medium text-ink-3">
              {group.name}
            </p>
            {group.options.map((option) => {
              index += 1;
              const own = index;
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
                <div
                  key={option.key}
                  id={`${id}-${own}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={own === current}
                  aria-disabled={option.reason ? true : undefined}
                  onPointerMove={() => setAt(own)}
                  onClick={() => follow(option)}
                  className={`mx-2 flex min-h-8 cursor-pointer items-center gap-3 rounded-md px-2 text-sm max-sm:min-h-11 ${own === current ? 'bg-selected' : ''}`}
                >
                  <span className="truncate font-medium">{option.name}</span>
                  <span className="ml-auto shrink-0 truncate text-xs text-ink-2 max-sm:max-w-56">
                    {option.reason ?? option.note}
                    {option.at ? (
                      <>
                        {', '}
                        <time
                          dateTime={option.at.toISOString()}
                          data-utc={momentOf(option.at, 'UTC')}
                        >
                          {momentOf(option.at)}
                        </time>
                      </>
                    ) : null}
                  </span>
                </div>
              );
            })}
          </div>
        ))}
        {options.length === 0 ? (
          <p className="px-4 py-3 text-sm text-ink-2">{paletteTexts.nothing(asked)}</p>
        ) : null}
      </div>
      <p className="border-t border-line px-4 py-2 text-xs text-ink-3">
        {done.error ? (
          <span role="alert" className="font-medium text-fail-ink">
            {done.error}
          </span>
        ) : silent ? (
          <span role="alert" className="font-medium text-late-ink">
            {paletteTexts.silent}
          </span>
        ) : (
          paletteTexts.neverContent
        )}
      </p>
      <p role="status" className="sr-only">
        {asked === '' ? '' : paletteTexts.count(options.length)}
      </p>
    </dialog>
  );
}
