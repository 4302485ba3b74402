'use client';

import { useActionState, useState } from 'react';
import { myTexts } from '#app/_texts/my.ts';
import { Icon, Spinner } from '#app/_ui/icon.tsx';
import { findMail } from '../actions.ts';
import { quietAct } from './column.tsx';
import type { FindFolders } from './find-folders.ts';
import type { When } from './when.ts';

const texts = myTexts.find;

const chip =
  'flex h-11 items-center rounded-full border px-4 text-base font-medium whitespace-nowrap transition-colors duration-100 border-line bg-surface hover:bg-hover aria-pressed:border-selected aria-pressed:bg-selected';

/**
 * Words, and when it went: both together, or either. What is typed goes to the server in a form and
 * stands in no address.
 */
export function FindForm({
  words = '',
  when = { kind: 'any' },
  place,
  folders = null,
  folder = '',
  dayWords,
}: {
  words?: string;
  when?: When;
  /** Whose mail: fixed, or one to choose from. */
  place:
    | { fixed: string }
    | { options: { id: string; name: string }[]; all: string | null; chosen: string };
  /** Of the mailbox that is settled; of another that somebody chooses they are not known yet. */
  folders?: FindFolders | null;
  folder?: string | undefined;
  /** The chosen day in words, on its chip. */
  dayWords?: string | undefined;
}) {
  const [state, submit, pending] = useActionState(findMail, { error: null });
  const [mailbox, setMailbox] = useState('fixed' in place ? place.fixed : place.chosen);
  const keeps =
    when.kind === 'day' ? { when: 'day', day: when.day, which: when.which } : { when: when.kind };
  return (
    <search>
      <form
        action={submit}
        // React empties a form when its act has ended; what was typed has to stay.
        onReset={(event) => event.preventDefault()}
        className="space-y-3"
      >
        {'fixed' in place ? (
          <input type="hidden" name="mailbox" value={place.fixed} />
        ) : (
          <label className="block text-base font-medium">
            {texts.where}
            <select
              name="mailbox"
              value={mailbox}
              onChange={(event) => setMailbox(event.target.value)}
              className="mt-1.5 h-12 w-full rounded-lg border border-line-strong bg-surface px-3 text-lg font-normal"
            >
              {place.all === null ? null : <option value="">{place.all}</option>}
              {place.options.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        <div className="relative">
          <input
            type="search"
            name="words"
            aria-label={texts.words}
            placeholder={texts.words}
            defaultValue={words}
            maxLength={500}
            autoComplete="off"
            enterKeyHint="search"
            className="h-12 w-full rounded-lg border border-line-strong bg-surface pr-3 pl-12 text-lg placeholder:text-ink-3"
          />
          <button
            type="submit"
            name="when"
            value={keeps.when}
            aria-label={texts.search}
            className="absolute inset-y-0 left-0 flex w-12 items-center justify-center rounded-lg"
          >
            {pending ? <Spinner className="size-5" /> : <Icon name="search" className="size-5" />}
          </button>
        </div>
        <div className="flex flex-wrap gap-2">
          <Chip value="week" on={when.kind === 'week'}>
            {texts.week}
          </Chip>
          <Chip value="yesterday" on={when.kind === 'yesterday'} label={texts.yesterday}>
            {texts.yesterdayShort}
          </Chip>
          <button
            type="button"
            popoverTarget="a-day"
            aria-pressed={when.kind === 'day'}
            className={chip}
          >
            {dayWords ?? texts.day}
          </button>
          {folders?.mailboxId === mailbox && folders.options.length > 1 ? (
            <select
              name="folder"
              aria-label={texts.folder}
              defaultValue={folder}
              className="h-11 max-w-full min-w-0 rounded-full border border-line bg-surface pr-8 pl-4 text-base font-medium hover:bg-hover"
            >
              <option value="">{texts.everyFolder}</option>
              {folders.options.map(({ id, label }) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </select>
          ) : null}
        </div>
        <div
          id="a-day"
          popover="auto"
          role="dialog"
          aria-label={texts.dayTitle}
          className="m-auto w-88 max-w-[calc(100vw-2rem)] rounded-xl border border-line bg-surface p-5 text-lg text-ink shadow-dialog backdrop:bg-ink/30"
        >
          <p className="text-xl font-semibold">{texts.dayTitle}</p>
          <label className="mt-3 block text-base font-medium">
            {texts.dayLabel}
            <input
              type="date"
              name="day"
              defaultValue={when.kind === 'day' ? when.day : ''}
              className="mt-1.5 h-12 w-full rounded-lg border border-line-strong bg-surface px-3 text-lg font-normal"
            />
          </label>
          <div className="mt-2">
            <Which value="removed" chosen={when.kind !== 'day' || when.which === 'removed'}>
              {texts.dayRemoved}
            </Which>
            <Which value="came" chosen={when.kind === 'day' && when.which === 'came'}>
              {texts.dayCame}
            </Which>
          </div>
          <button
            type="submit"
            name="when"
            value="day"
            // What comes of it, or why nothing does, stands on the page behind.
            onClick={() => document.getElementById('a-day')?.hidePopover()}
            className={`${quietAct} mt-3 w-full`}
          >
            {texts.dayShow}
          </button>
        </div>
        {state.error ? (
          <p role="alert" className="text-base font-medium text-fail-ink">
            {state.error}
          </p>
        ) : null}
      </form>
    </search>
  );
}

/** Chosen already, it is taken back by pressing it again. */
function Chip({
  value,
  on,
  label,
  children,
}: {
  value: string;
  on: boolean;
  label?: string;
  children: string;
}) {
  return (
    <button
      type="submit"
      name="when"
      value={on ? 'any' : value}
      aria-pressed={on}
      aria-label={label}
      className={chip}
    >
      {children}
    </button>
  );
}

function Which({ value, chosen, children }: { value: string; chosen: boolean; children: string }) {
  return (
    <label className="flex min-h-11 items-center gap-3 text-base">
      <input type="radio" name="which" value={value} defaultChecked={chosen} className="dot" />
      {children}
    </label>
  );
}
