import Link from 'next/link';
import { myTexts } from '#app/_texts/my.ts';
import { Notice } from '#app/_ui/notice.tsx';
import { paths } from '#app/paths.ts';
import { lookAgain } from '../../../actions.ts';
import { BigAct } from '../../../parts/big-act.tsx';
import { ActBar, bigAct, Column, pageTitle } from '../../../parts/column.tsx';
import { Lines } from './lines.tsx';
import type { MyRestore } from './my-restore.ts';

const texts = myTexts.restore;

/** It was stopped, dropped, or could not be done: what happened, what is safe, what to do. */
export function EndedPage({ restore }: { restore: MyRestore }) {
  const { counts, startedAt, state, refusal } = restore;
  const failed = state === 'failed';
  return (
    <>
      <Column className="space-y-5">
        <h1 className={pageTitle}>
          {failed ? texts.failed : startedAt === null ? texts.dropped : texts.stopped}
        </h1>
        {refusal ? (
          <Notice tone={failed ? 'fail' : 'info'} alert={failed}>
            <span className="text-base">{refusal}</span>
          </Notice>
        ) : null}
        <p className="text-ink-2">
          {texts.stoppedNote(counts.written)} {texts.missedNote}
        </p>
        {startedAt === null ? null : <Lines restore={restore} />}
      </Column>
      <ActBar>
        {failed ? (
          <BigAct action={lookAgain} fields={{ restoreId: restore.id }}>
            {texts.again}
          </BigAct>
        ) : null}
        <Link
          href={paths.my()}
          prefetch={false}
          className={failed ? 'quiet-link self-center py-3' : bigAct}
        >
          {texts.another}
        </Link>
      </ActBar>
    </>
  );
}
