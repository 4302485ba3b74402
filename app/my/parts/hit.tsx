import Link from 'next/link';
import { myTexts } from '#app/_texts/my.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { Time } from '#app/_ui/time.tsx';
import { paths } from '#app/paths.ts';
import type { SearchHit } from '#lib/services/search/results.ts';
import { namesOf } from './names.ts';
import { PendingMark } from './pending-mark.tsx';

const texts = myTexts.results;

/** One thing that was found: a box to choose it, and a way to read it. */
export function Hit({
  hit,
  searchId,
  named,
  kept,
}: {
  hit: SearchHit;
  searchId: string;
  /** Whose it is has to be said: it is one of many mailboxes. */
  named: boolean;
  /** The mailbox is gone, and this its last copy. */
  kept: boolean;
}) {
  const subject = hit.subject || texts.noSubject;
  return (
    <li className="flex items-stretch has-checked:bg-selected">
      <label className="flex cursor-pointer items-center pr-3 pl-3.5">
        <input
          type="checkbox"
          name="item"
          value={hit.itemId}
          data-folder={hit.folder.join(' / ')}
          aria-label={texts.choose(subject)}
          className="box size-5.5"
        />
      </label>
      <Link
        href={paths.myItem(hit.mailboxId, hit.itemId, { search: searchId })}
        prefetch={false}
        className="flex min-w-0 flex-1 items-center gap-3 py-3 pr-4 -outline-offset-2 hover:bg-hover"
      >
        <span className="min-w-0 flex-1">
          <span className="block font-medium break-words">{subject}</span>
          <span className="block text-base text-ink-2">
            {namesOf(hit.sender)}
            {hit.sender && hit.at ? ' · ' : ''}
            {hit.at ? <Time at={hit.at} as="day" inside /> : null}
            {named ? ` · ${hit.mailboxName}` : ''}
          </span>
          <span className="block text-base text-ink-2">
            {hit.goneSince ? (
              <>
                {texts.removed}
                <Time at={hit.goneSince} as="moment" inside />
              </>
            ) : hit.binnedSince ? (
              <>
                {texts.binned}
                <Time at={hit.binnedSince} as="moment" inside />
              </>
            ) : (
              (kept ? texts.kept : texts.there)(hit.folder.join(' / '))
            )}
          </span>
        </span>
        <PendingMark>
          {hit.hasAttachments ? (
            <Icon name="paperclip" label={texts.files} className="size-4 text-ink-3" />
          ) : null}
        </PendingMark>
      </Link>
    </li>
  );
}
