import { myTexts } from '#app/_texts/my.ts';
import type { MailboxRow } from '#lib/services/mailboxes/view.ts';
import { Column, pageTitle } from '../../../parts/column.tsx';
import type { MyRestore } from './my-restore.ts';
import { WhereForm } from './where-form.tsx';

const texts = myTexts.restore;

/** Where what was chosen goes; of somebody who has left, into whose mailbox. */
export function WherePage({ restore, mailboxes }: { restore: MyRestore; mailboxes: MailboxRow[] }) {
  const { sourceName, sourceGone, mailboxId } = restore;
  return (
    <Column className="space-y-4">
      <div>
        <p className="text-base text-ink-2">{texts.leaverTitle(sourceName)}</p>
        <h1 className={pageTitle}>{texts.where}</h1>
      </div>
      <WhereForm
        restoreId={restore.id}
        gone={sourceGone ? texts.originalGone(sourceName) : null}
        folderName={texts.folderDefault(sourceName)}
        others={mailboxes
          .filter(({ id, state, kind }) => {
            const alive = state !== 'sealed' && state !== 'erased';
            return id !== mailboxId && alive && kind !== 'archive';
          })
          .map(({ id, name, address }) => ({ value: id, label: name, hint: address }))}
      />
    </Column>
  );
}
