import Link from 'next/link';
import type { ReactNode } from 'react';
import { mailTexts } from '#app/_texts/mail.ts';
import { Chip } from '#app/_ui/chip.tsx';
import { Icon } from '#app/_ui/icon.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { Time } from '#app/_ui/time.tsx';
import { initials } from '#app/_ui/words.ts';
import { type ItemLook, paths } from '#app/paths.ts';
import type { OpenedItem } from '#lib/services/items/read.ts';
import { Details } from './details.tsx';
import { FileList } from './file-list.tsx';
import { HeaderLines } from './header-lines.tsx';
import { mailFrameSandbox } from './mail-document.ts';
import { namesOf } from './names.ts';
import { Versions } from './versions.tsx';

const texts = mailTexts.reader;

/**
 * One opened item. Mail is hostile: its text comes first, what is formatted lies in a frame without
 * an origin, and everything else of it is shown as text.
 */
export function Message({
  tenantId,
  read,
  look,
  href,
  seenBy,
  noDownload,
  level = 2,
  large = false,
  versionHref,
}: {
  tenantId: string;
  read: OpenedItem;
  /** What was asked for; what the item does not have is shown as text. */
  look: ItemLook | undefined;
  href: (look: ItemLook | undefined) => string;
  /** Who can see in the audit log that it was opened. */
  seenBy: string;
  /** Why files cannot be downloaded; null when they can. */
  noDownload: string | null;
  level?: 1 | 2;
  /** For people who are not at home here, and for thumbs. */
  large?: boolean;
  /** Where another version of the item is shown; without it versions are not offered. */
  versionHref?: (version: { id: string; sequence: number }) => string;
}) {
  const { item, attachments } = read;
  const header = (name: string) =>
    read.headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? '';
  const sender = namesOf(item.sender || header('from')) || mailTexts.kind[item.kind];
  const [to, cc] = [namesOf(header('to')), namesOf(header('cc'))];
  const looks: { look: ItemLook | undefined; label: string }[] = [
    { look: undefined, label: read.details === null ? texts.text : texts.details },
    ...(read.hasHtml ? [{ look: 'formatted' as const, label: texts.formatted }] : []),
    ...(read.headerLines.length > 0 ? [{ look: 'headers' as const, label: texts.headers }] : []),
    ...(versionHref && item.versions.length > 1
      ? [{ look: 'versions' as const, label: texts.versions(item.versions.length) }]
      : []),
  ];
  const shown = looks.some((one) => one.look === look) ? look : undefined;
  const Heading = level === 1 ? 'h1' : 'h2';
  const small = large ? 'text-base' : 'text-sm';
  const note = large ? 'text-sm' : 'text-xs';
  return (
    <article className={large ? 'space-y-4' : 'space-y-3'}>
      <div className="flex items-start gap-3">
        <Heading
          className={`min-w-0 flex-1 font-semibold break-words ${large ? 'text-xl' : 'text-lg'}`}
        >
          {item.subject || header('subject') || mailTexts.noSubject}
        </Heading>
        {noDownload === null && !large ? (
          <a
            href={paths.mailFile(tenantId, item.mailboxId, item.id)}
            download
            className="flex h-8 items-center gap-2 rounded-md px-2 text-sm font-medium text-ink-2 hover:bg-hover hover:text-ink max-sm:size-11 max-sm:justify-center"
          >
            <Icon name="download" className="size-4" />
            <span className="max-sm:sr-only">{texts.download}</span>
          </a>
        ) : null}
      </div>
      <div className={`flex items-start gap-3 ${small}`}>
        <Chip text={initials(sender)} size="round" />
        <p className="min-w-0 flex-1 break-words text-ink-2">
          <strong className="font-semibold text-ink">{sender}</strong>
          {to ? texts.to(to) : ''}
          {cc ? texts.cc(cc) : ''}
        </p>
        {item.at ? <Time at={item.at} className="whitespace-nowrap text-ink-2" /> : null}
      </div>
      <NowNotice read={read} />
      {looks.length > 1 ? (
        <nav aria-label={texts.looks} className="-mx-1 overflow-x-auto border-b border-line">
          <ul className="flex gap-1">
            {looks.map((one) => (
              <li key={one.label}>
                <Link
                  href={href(one.look)}
                  prefetch={false}
                  scroll={false}
                  aria-current={one.look === shown ? 'true' : undefined}
                  className={`-mb-px flex items-center border-b-2 px-3 whitespace-nowrap ${large ? 'h-11 text-base' : 'h-9 text-sm max-sm:h-11'} ${one.look === shown ? 'border-ink font-semibold' : 'border-transparent text-ink-2 hover:text-ink'}`}
                >
                  {one.label}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      ) : null}
      <FileList
        files={attachments}
        large={large}
        href={
          noDownload === null
            ? (part) => paths.mailFile(tenantId, item.mailboxId, item.id, part)
            : null
        }
      />
      {shown === 'formatted' ? (
        // The sandbox is the last wall; sanitising and the policy of the route stand before it.
        <iframe
          title={texts.frame}
          src={paths.mailFrame(tenantId, read.previewId)}
          sandbox={mailFrameSandbox}
          referrerPolicy="no-referrer"
          className="h-[60vh] min-h-80 w-full resize-y rounded-lg border border-sheet-line bg-sheet"
        />
      ) : shown === 'headers' ? (
        <HeaderLines lines={read.headerLines} />
      ) : shown === 'versions' && versionHref ? (
        <Versions versions={item.versions} shown={item.id} href={versionHref} />
      ) : (
        <>
          {read.details === null ? null : <Details details={read.details} />}
          {read.text || read.details === null ? (
            <pre
              // Long mail scrolls with the page, so the keyboard reaches all of it.
              className={`rounded-lg border border-sheet-line bg-sheet px-5 py-4 font-sans break-words whitespace-pre-wrap text-sheet-ink ${large ? 'text-lg' : 'text-base leading-6'}`}
            >
              {read.text || mailTexts.noText}
            </pre>
          ) : null}
        </>
      )}
      {read.truncated ? <p className={`${note} text-ink-3`}>{texts.truncated}</p> : null}
      <div className={`flex flex-wrap gap-x-4 gap-y-1 ${note} text-ink-3`}>
        {read.hasHtml && read.remote > 0 ? (
          <Told icon="ban">{texts.remote(read.remote)}</Told>
        ) : null}
        {shown === 'formatted' ? <Told icon="link">{texts.hosts}</Told> : null}
        <Told icon="eye">{texts.seen(seenBy)}</Told>
      </div>
    </article>
  );
}

function Told({ icon, children }: { icon: 'ban' | 'link' | 'eye'; children: ReactNode }) {
  return (
    <p className="flex items-center gap-1.5">
      <Icon name={icon} className="size-3.5 shrink-0" />
      {children}
    </p>
  );
}

/** Where the item is now, when it is not as it was. */
function NowNotice({ read: { item, attachments } }: { read: OpenedItem }) {
  const texts = mailTexts.now;
  if (item.now === 'there') return null;
  if (item.now === 'moved') return <Notice icon="arrowRight">{texts.moved}</Notice>;
  if (item.now === 'edited') return <Notice icon="note">{texts.edited}</Notice>;
  return (
    <Notice tone="late" icon="minus">
      <strong className="font-semibold text-ink">{texts.gone.head}</strong>
      {item.goneSince ? (
        <>
          {texts.gone.since}
          <Time at={item.goneSince} />
        </>
      ) : null}
      . {texts.safe}
      {attachments.length > 0 ? texts.withFiles(attachments.length) : ''}.
    </Notice>
  );
}
