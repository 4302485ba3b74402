import { myTexts } from '#app/_texts/my.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { initials } from '#app/_ui/words.ts';
import { formatBytes } from '#lib/core/bytes.ts';
import type { OpenedItem } from '#lib/services/items/read.ts';
import { namesOf } from './names.ts';

const texts = myTexts.read;

/** One message: what it is about, of whom, its files, and its text. */
export function Letter({ read, customer }: { read: OpenedItem; customer: string }) {
  const header = (name: string) =>
    read.headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? '';
  const sender = namesOf(header('from'));
  const to = namesOf(header('to'));
  const cc = namesOf(header('cc'));
  return (
    <article className="space-y-4">
      <div className="space-y-3">
        <h1 className="text-xl font-semibold tracking-tight break-words">
          {header('subject') || texts.noSubject}
        </h1>
        {sender ? (
          <div className="flex items-start gap-3 text-base">
            <span
              aria-hidden
              className="flex size-9 shrink-0 items-center justify-center rounded-full bg-off-tint text-sm font-semibold text-ink-2"
            >
              {initials(sender)}
            </span>
            <p className="min-w-0 flex-1 break-words text-ink-2">
              <strong className="block font-semibold text-ink">{sender}</strong>
              {to ? texts.to(to) : ''}
              {cc ? texts.cc(cc) : ''}
            </p>
          </div>
        ) : null}
        {header('date') ? <p className="text-base text-ink-2">{header('date')}</p> : null}
      </div>
      {read.attachments.length > 0 ? (
        <ul aria-label={texts.files} className="flex flex-wrap gap-2">
          {read.attachments.map((file, index) => (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: two files may share every field
              key={index}
              className="flex h-11 max-w-full items-center gap-2.5 rounded-lg border border-line bg-surface px-3.5 text-base"
            >
              <Icon name="paperclip" className="size-4 text-ink-2" />
              <span className="truncate">{file.name || texts.noName}</span>
              <span className="whitespace-nowrap text-ink-2">{formatBytes(file.bytes)}</span>
            </li>
          ))}
        </ul>
      ) : null}
      <pre className="rounded-xl border border-sheet-line bg-sheet px-4 py-4 font-sans break-words whitespace-pre-wrap text-sheet-ink sm:px-6">
        {read.text || texts.noText}
      </pre>
      {read.truncated ? <p className="text-base text-ink-2">{texts.truncated}</p> : null}
      <p className="flex items-center gap-2 text-base text-ink-2">
        <Icon name="eye" className="size-4 text-ink-3" />
        {texts.noted(customer)}
      </p>
    </article>
  );
}
