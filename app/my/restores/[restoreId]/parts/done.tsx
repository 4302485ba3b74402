import Link from 'next/link';
import { myTexts } from '#app/_texts/my.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { paths } from '#app/paths.ts';
import { formatCount } from '#lib/core/bytes.ts';
import { ActBar, bigAct, Column, pageTitle } from '../../../parts/column.tsx';
import { LineList, Lines } from './lines.tsx';
import type { MyRestore } from './my-restore.ts';

const texts = myTexts.restore;

/** "2 messages are back in Inbox / Harbour". */
export function DonePage({ restore }: { restore: MyRestore }) {
  const { counts, one, elsewhere, targetName, destination, plan, problems } = restore;
  const whole = counts.failed === 0;
  const folders = texts.doneFolders(restore.paths);
  const title = () => {
    if (counts.written === 0) return texts.doneNone;
    if (elsewhere && destination.kind === 'mailbox') {
      return texts.doneMailbox(counts.written, one, destination.folderName, targetName);
    }
    return texts.done(counts.written, one, folders);
  };
  const left = (plan?.present ?? 0) + (plan?.changed ?? 0);
  return (
    <>
      <Column className="space-y-5">
        <div>
          <span
            aria-hidden
            className={`flex size-12 items-center justify-center rounded-full ${whole ? 'bg-ok-tint text-ok-mark' : 'bg-late-tint text-late-mark'}`}
          >
            <Icon name={whole ? 'check' : 'alert'} className="size-5" />
          </span>
          <div role="status">
            <h1 className={`${pageTitle} mt-4`}>{title()}</h1>
          </div>
          <p className="mt-1 text-ink-2">
            {counts.verified > 0 ? `${texts.doneNote(counts.verified)} ` : ''}
            {left > 0 ? texts.left(left) : ''}
          </p>
        </div>
        {problems.length > 0 ? (
          <section>
            <h2 className="font-semibold text-fail-ink">{texts.missed(counts.failed)}</h2>
            <p className="mb-2 text-base text-ink-2">{texts.missedNote}</p>
            <LineList lines={problems} />
          </section>
        ) : null}
        {counts.written > 0 && restore.lines.length > 0 ? (
          <section>
            <h2 className="font-semibold">{texts.written(counts.written)}</h2>
            <p className="mb-2 text-base text-ink-2">
              {texts.takeBack(counts.written)}
              {restore.lines.length < counts.written
                ? ` ${texts.firstLines(formatCount(restore.lines.length), formatCount(counts.written))}`
                : ''}
            </p>
            <LineList lines={restore.lines} />
          </section>
        ) : (
          <Lines restore={restore} />
        )}
      </Column>
      <ActBar>
        <Link
          href={restore.sourceGone ? paths.myLeavers() : paths.my()}
          prefetch={false}
          className={bigAct}
        >
          {restore.sourceGone ? texts.toLeavers : texts.another}
        </Link>
      </ActBar>
    </>
  );
}
