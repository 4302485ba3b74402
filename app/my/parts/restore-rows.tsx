import Link from 'next/link';
import { myTexts } from '#app/_texts/my.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { Glyph, type StatusKind } from '#app/_ui/status.tsx';
import { Time } from '#app/_ui/time.tsx';
import { paths } from '#app/paths.ts';
import type { RestoreView } from '#lib/services/restores/view.ts';
import { rows } from './column.tsx';
import type { Home } from './home.ts';

const texts = myTexts.restore;

const glyphs: Record<RestoreView['state'], StatusKind> = {
  draft: 'wait',
  planning: 'run',
  planned: 'wait',
  running: 'run',
  verifying: 'run',
  done: 'done',
  failed: 'fail',
  cancelled: 'off',
};

/** What was put back, newest first: what, whose, by whom, when. */
export function RestoreRows({ home, restores }: { home: Home; restores: RestoreView[] }) {
  const { viewer, mailboxes, administers } = home;
  const nameOf = (id: string) => mailboxes.find((mailbox) => mailbox.id === id)?.name ?? '';
  return (
    <ul className={rows}>
      {restores.map((restore) => (
        <li key={restore.id}>
          <Link
            href={paths.myRestore(restore.id)}
            prefetch={false}
            className="flex items-center gap-3 px-4 py-3 -outline-offset-2 hover:bg-hover"
          >
            <Glyph kind={glyphs[restore.state]} />
            <span className="min-w-0 flex-1">
              <span className="block font-medium">{whatOf(restore)}</span>
              <span className="block text-base text-ink-2">
                {administers ? `${texts.of(nameOf(restore.mailboxId))} ` : ''}
                {restore.targetMailboxId !== restore.mailboxId
                  ? `${texts.intoMailbox(nameOf(restore.targetMailboxId))} `
                  : ''}
                {byWhom(restore.requestedBy, viewer)}
                {' · '}
                <Time at={restore.createdAt} as="short" inside />
              </span>
            </span>
            <Icon name="chevronRight" className="size-4 text-ink-3" />
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** Accounts of one's own organisation begin as one's own does. */
function byWhom(subject: string, { user, mspName }: Home['viewer']): string {
  if (subject === user.subject) return texts.by.you;
  const organisation = user.subject.slice(0, user.subject.indexOf('.') + 1);
  return subject.startsWith(organisation) ? texts.by.yours : texts.by.provider(mspName);
}

function whatOf({ state, counts, plan }: RestoreView): string {
  const rowTexts = texts.rows;
  switch (state) {
    case 'planned':
      if (plan?.write === 0) return texts.nothing;
      return rowTexts.planned(myTexts.count.items(plan?.write ?? 0));
    case 'running':
    case 'verifying':
      return rowTexts.running(myTexts.count.items(counts.total - counts.skipped));
    case 'done':
      return rowTexts.done(myTexts.count.items(counts.written));
    default:
      return rowTexts[state];
  }
}
