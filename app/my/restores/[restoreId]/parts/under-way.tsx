import type { ReactNode } from 'react';
import { myTexts } from '#app/_texts/my.ts';
import { Spinner } from '#app/_ui/icon.tsx';
import { OutcomeStrip } from '#app/_ui/outcome-strip.tsx';
import { formatCount } from '#lib/core/bytes.ts';
import { cancel } from '../../../actions.ts';
import { BigAct } from '../../../parts/big-act.tsx';
import { ActBar, Column, pageTitle } from '../../../parts/column.tsx';
import type { MyRestore } from './my-restore.ts';

const texts = myTexts.restore;

/** While the copy is compared with the mailbox. */
export function Planning({ restore, children }: { restore: MyRestore; children: ReactNode }) {
  return (
    <>
      <Column className="space-y-3">
        <Spinner className="size-8 text-run-mark" />
        <h1 className={pageTitle}>{texts.planning}</h1>
        <p className="text-ink-2">
          {texts.planningNote} {texts.nothingYet}
        </p>
        {children}
      </Column>
      <ActBar>
        <BigAct action={cancel} fields={{ restoreId: restore.id }} quiet>
          {texts.cancel}
        </BigAct>
      </ActBar>
    </>
  );
}

/** While it is written and read back. */
export function Working({ restore, children }: { restore: MyRestore; children: ReactNode }) {
  const { counts, plan } = restore;
  const writes = plan?.write ?? counts.total;
  return (
    <>
      <Column className="space-y-4">
        <h1 className={pageTitle}>
          {restore.state === 'verifying'
            ? texts.reading(formatCount(counts.verified), formatCount(counts.written))
            : texts.writing(formatCount(counts.written), formatCount(writes))}
        </h1>
        <OutcomeStrip
          total={writes}
          label={texts.progress}
          parts={[
            { name: texts.states.readBack, count: counts.verified, fill: 'ok' },
            { name: texts.states.back, count: counts.written - counts.verified, fill: 'edge' },
            { name: texts.states.failed, count: counts.failed, fill: 'fail' },
          ]}
        />
        <p className="text-ink-2">{texts.workingNote}</p>
        {children}
      </Column>
      {restore.state === 'running' ? (
        <ActBar>
          <BigAct action={cancel} fields={{ restoreId: restore.id }} quiet>
            {texts.stop}
          </BigAct>
        </ActBar>
      ) : null}
    </>
  );
}
