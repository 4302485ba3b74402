import Link from 'next/link';
import { mailFrameSandbox } from '#app/_mail/mail-document.ts';
import { myTexts } from '#app/_texts/my.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { Time } from '#app/_ui/time.tsx';
import { initials } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { formatBytes } from '#lib/core/bytes.ts';
import type { OpenedItem } from '#lib/services/items/read.ts';
import { namesOf } from './names.ts';

const texts = myTexts.read;

export type LetterView = 'text' | 'formatted';

/** One message: what it is about, of whom, its files, and its text; formatted where one asks for it. */
export function Letter({
  opened,
  tenantId,
  view,
  hrefs,
  kept,
  noted,
}: {
  opened: OpenedItem;
  tenantId: string;
  view: LetterView;
  /** Where each form of it is shown. */
  hrefs: Record<LetterView, string>;
  /** The mailbox is gone, and this its last copy. */
  kept: boolean;
  /** Who is told that it was opened. */
  noted: string;
}) {
  const { item, headers, attachments } = opened;
  const header = (name: string) =>
    namesOf(headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? '');
  const sender = namesOf(item.sender) || header('from');
  const to = header('to');
  const cc = header('cc');
  const formatted = view === 'formatted' && opened.hasHtml;
  return (
    <article className="space-y-4">
      <div className="space-y-3">
        <h1 className="text-xl font-semibold tracking-tight break-words">
          {item.subject || texts.noSubject}
        </h1>
        <div className="flex items-start gap-3 text-base text-ink-2">
          {sender ? (
            <span
              aria-hidden
              className="flex size-9 shrink-0 items-center justify-center rounded-full bg-off-tint text-sm font-semibold"
            >
              {initials(sender)}
            </span>
          ) : null}
          <p className="min-w-0 flex-1 break-words">
            <strong className="block font-semibold text-ink">{sender}</strong>
            <span className="line-clamp-2">
              {to ? texts.to(to) : ''}
              {cc ? texts.cc(cc) : ''}
            </span>
          </p>
          {item.at ? (
            <Time at={item.at} className="max-w-24 shrink-0 text-right sm:max-w-none" />
          ) : null}
        </div>
      </div>
      {item.goneSince ? (
        <p className="flex items-start gap-3 rounded-lg border border-late-edge bg-late-tint px-4 py-3 text-base text-ink-2">
          <Icon name="minus" className="mt-0.5 size-4 text-late-mark" />
          <span>
            <strong className="font-semibold text-ink">{texts.gone}</strong>{' '}
            <Time at={item.goneSince} />
            {item.folder.length > 0 ? texts.from(item.folder.join(' / ')) : ''}. {texts.safe}
          </span>
        </p>
      ) : (
        <p className="flex items-start gap-3 text-base text-ink-2">
          <Icon name="folder" className="mt-0.5 size-4 text-ink-3" />
          {(kept ? texts.kept : texts.there)(item.folder.join(' / '))}
        </p>
      )}
      {opened.hasHtml ? (
        <nav aria-label={texts.forms} className="flex gap-6 border-b border-line text-base">
          <Tab href={hrefs.text} open={!formatted}>
            {texts.text}
          </Tab>
          <Tab href={hrefs.formatted} open={formatted}>
            {texts.formatted}
          </Tab>
        </nav>
      ) : null}
      {attachments.length > 0 ? (
        <ul aria-label={texts.files} className="flex flex-wrap gap-2">
          {attachments.map((file, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two files may share every field
            <li key={index} className="max-w-full">
              <a
                href={paths.mailFile(tenantId, item.mailboxId, item.id, index)}
                className="flex h-11 items-center gap-2.5 rounded-lg border border-line bg-surface px-3.5 text-base hover:bg-hover"
              >
                <Icon name="paperclip" className="size-4 text-ink-2" />
                <span title={file.name || undefined} className="truncate">
                  {file.name || texts.noName}
                </span>
                <span className="whitespace-nowrap text-ink-2">{formatBytes(file.bytes)}</span>
              </a>
            </li>
          ))}
        </ul>
      ) : null}
      {formatted ? (
        <iframe
          title={texts.formattedTitle}
          src={paths.mailFrame(tenantId, opened.previewId)}
          sandbox={mailFrameSandbox}
          className="block h-[65dvh] min-h-80 w-full rounded-xl border border-sheet-line bg-sheet"
        />
      ) : (
        <pre className="rounded-xl border border-sheet-line bg-sheet px-4 py-4 font-sans break-words whitespace-pre-wrap text-sheet-ink sm:px-6">
          {opened.text || texts.noText}
        </pre>
      )}
      {opened.truncated ? <p className="text-base text-ink-2">{texts.truncated}</p> : null}
      <div className="space-y-1.5 text-base text-ink-2">
        {formatted && opened.remote > 0 ? (
          <p className="flex items-start gap-2.5">
            <Icon name="ban" className="mt-0.5 size-4 text-ink-3" />
            {texts.remote(opened.remote)}
          </p>
        ) : null}
        <p className="flex items-start gap-2.5">
          <Icon name="eye" className="mt-0.5 size-4 text-ink-3" />
          {noted}
        </p>
      </div>
    </article>
  );
}

function Tab({ href, open, children }: { href: string; open: boolean; children: string }) {
  return (
    <Link
      href={href}
      prefetch={false}
      replace
      scroll={false}
      aria-current={open ? 'page' : undefined}
      className={`-mb-px flex h-11 items-center border-b-2 ${open ? 'border-ink font-semibold' : 'border-transparent text-ink-2 hover:text-ink'}`}
    >
      {children}
    </Link>
  );
}
