import Link from 'next/link';
import { mailTexts } from '#app/_texts/mail.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { formatCount } from '#lib/core/bytes.ts';
import { folderPath, type PlacedFolder } from './folders.ts';

/** The folders where there is no room for a tree: the open one, and the others behind it. */
export function FolderMenu({
  folders,
  current,
  href,
}: {
  folders: PlacedFolder[];
  current: PlacedFolder | undefined;
  href: (id: string) => string;
}) {
  const texts = mailTexts.folders;
  return (
    <details className="border-b border-line lg:hidden">
      <summary className="flex h-12 items-center gap-2 px-4 font-semibold">
        <Icon name="folder" />
        {current ? folderPath(folders, current.id) : texts.none}
        <span className="font-normal text-ink-3">{formatCount(current?.itemCount ?? 0)}</span>
        {current?.gone ? (
          <span className="text-xs font-normal text-late-ink">{texts.gone}</span>
        ) : null}
        <Icon name="chevronDown" />
      </summary>
      <ul className="max-h-80 overflow-y-auto px-2 pb-2">
        {folders.map((one) => (
          <li key={one.id}>
            <Link
              href={href(one.id)}
              prefetch={false}
              className="flex h-11 items-center justify-between px-2"
            >
              <span className="min-w-0 truncate">{folderPath(folders, one.id)}</span>
              <span className="shrink-0 pl-3 text-ink-3">
                {one.gone ? <span className="mr-3 text-late-ink">{texts.gone}</span> : null}
                {formatCount(one.itemCount)}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </details>
  );
}
