'use client';

import Link from 'next/link';
import { type ReactNode, useActionState, useRef, useState } from 'react';
import { myTexts } from '#app/_texts/my.ts';
import { Icon, Spinner } from '#app/_ui/icon.tsx';
import { downloadFound, putBackFound } from '../actions.ts';
import { bigAct, quietAct, rows } from './column.tsx';

const texts = myTexts.results;

/** The list of what was found, and, once something is chosen, what can be done with it. */
export function Chosen({
  searchId,
  heading,
  total,
  totalIsAtLeast,
  shown,
  elsewhere,
  more,
  children,
}: {
  searchId: string;
  heading: ReactNode;
  total: number;
  totalIsAtLeast: boolean;
  /** How many of them stand on this page. */
  shown: number;
  /** All of it is of people who have left, so that it cannot go where it was. */
  elsewhere: boolean;
  /** Where the list goes on. */
  more: string | null;
  children: ReactNode;
}) {
  const form = useRef<HTMLFormElement>(null);
  const [picked, setPicked] = useState<string[]>([]);
  const [all, setAll] = useState(false);
  const [back, putBack, puttingBack] = useActionState(putBackFound, { error: null });
  const [file, download, downloading] = useActionState(downloadFound, { error: null });
  const pending = puttingBack || downloading;
  const error = back.error ?? file.error;
  const boxes = () =>
    [...(form.current?.elements ?? [])].filter(
      (it): it is HTMLInputElement => it instanceof HTMLInputElement && it.name === 'item',
    );
  const note = () =>
    setPicked(
      boxes()
        .filter((box) => box.checked)
        .map((box) => box.dataset.folder ?? ''),
    );
  const choose = (checked: boolean) => {
    for (const box of boxes()) box.checked = checked;
    setAll(checked);
    note();
  };
  const folders = new Set(picked);
  const count = all ? total : picked.length;
  const only = !all || total <= shown ? [...folders] : [];

  return (
    <form
      ref={form}
      action={putBack}
      onReset={(event) => event.preventDefault()}
      onChange={() => {
        setAll(false);
        note();
      }}
      className="space-y-3"
    >
      <input type="hidden" name="searchId" value={searchId} />
      {all ? <input type="hidden" name="all" value="yes" /> : null}
      <div className="flex items-baseline gap-4 text-base">
        {heading}
        {totalIsAtLeast ? null : (
          <button
            type="button"
            onClick={() => choose(!all)}
            className="quiet-link -my-2 ml-auto py-2 whitespace-nowrap"
          >
            {all ? texts.chooseNone : texts.chooseAll(total)}
          </button>
        )}
      </div>
      <ul aria-label={texts.list} className={rows}>
        {children}
      </ul>
      {more === null ? null : (
        <Link href={more} prefetch={false} className={`${quietAct} w-full`}>
          {texts.more}
        </Link>
      )}
      {error ? (
        <p role="alert" className="text-base font-medium text-fail-ink">
          {error}
        </p>
      ) : null}
      {count === 0 ? null : (
        <>
          <div aria-hidden className="h-32" />
          <div className="fixed inset-x-0 bottom-0 z-20 border-t border-line bg-surface">
            <div className="mx-auto flex max-w-160 flex-col gap-x-4 gap-y-2 px-4 pt-3 pb-4 sm:flex-row sm:items-center sm:py-4">
              <div className="flex gap-3">
                <button
                  type="submit"
                  aria-disabled={pending || undefined}
                  onClick={(event) => pending && event.preventDefault()}
                  className={`${bigAct} flex-1`}
                >
                  {puttingBack ? (
                    <Spinner className="size-4" />
                  ) : (
                    <Icon name="undo" className="size-4" />
                  )}
                  {elsewhere ? texts.elsewhere(count) : texts.putBack(count)}
                </button>
                <button
                  type="submit"
                  formAction={download}
                  aria-label={texts.downloadCount(count)}
                  aria-disabled={pending || undefined}
                  onClick={(event) => pending && event.preventDefault()}
                  className={`${quietAct} px-3.5`}
                >
                  {downloading ? (
                    <Spinner className="size-5" />
                  ) : (
                    <Icon name="download" className="size-5" />
                  )}
                </button>
              </div>
              <p className="text-base text-ink-2 max-sm:text-center">
                {elsewhere
                  ? texts.toLook
                  : only.length === 1 && only[0] !== ''
                    ? texts.toOne(only[0]!)
                    : texts.toMany}
              </p>
            </div>
          </div>
        </>
      )}
    </form>
  );
}
