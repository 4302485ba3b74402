import { mailTexts } from '#app/_texts/mail.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { formatBytes } from '#lib/core/bytes.ts';

/** Attachments by name and size. They are only ever downloaded, never opened here. */
export function FileList({
  files,
  href,
  large,
}: {
  files: readonly { name: string; bytes: number }[];
  /** Where the file of that number is; null where files cannot be downloaded. */
  href: ((part: number) => string) | null;
  large: boolean;
}) {
  if (files.length === 0) return null;
  const look = `flex max-w-full items-center gap-2 rounded-md border border-line px-3 ${large ? 'h-11 text-base' : 'h-8 text-sm max-sm:h-11'}`;
  return (
    <ul aria-label={mailTexts.reader.files} className="flex flex-wrap gap-2">
      {files.map(({ name, bytes }, part) => {
        const inside = (
          <>
            <Icon name={href ? 'download' : 'fileText'} className="size-3.5 shrink-0 text-ink-2" />
            <span title={name || undefined} className="truncate">
              {name || mailTexts.noName}
            </span>
            <span className="whitespace-nowrap text-ink-3">{formatBytes(bytes)}</span>
          </>
        );
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: two attachments may share every field
          <li key={part} className="max-w-full">
            {href ? (
              <a href={href(part)} download className={`${look} bg-surface hover:bg-hover`}>
                {inside}
              </a>
            ) : (
              <span className={look}>{inside}</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
