import { whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { restoreTexts } from '#app/_texts/restores.ts';
import { ButtonLink, buttonClass } from '#app/_ui/button.tsx';
import { inputClass } from '#app/_ui/field.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { createWords, plural } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import type { Selection } from '#db/schema/restores.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { listFolders } from '#lib/services/folders/list.ts';
import type { MailboxView } from '#lib/services/mailboxes/view.ts';
import {
  folderPath,
  orderFolders,
} from '../../customers/[tenantId]/mailboxes/[mailboxId]/parts/folders.ts';
import { PickForm } from './pick-form.tsx';

const texts = restoreTexts.pick;

/** Which copy of a mailbox, and what of it. The copy is in the address, so that back works. */
export async function PickCopy({
  ctx,
  tenantId,
  mailbox,
  at,
  kept,
  here,
  hidden,
}: {
  ctx: ServiceContext;
  tenantId: string;
  mailbox: MailboxView;
  at: number | undefined;
  /** What was chosen before, here or on another page. */
  kept: { restoreId: string | null; selection: Selection } | null;
  /** This page, which the choice of a copy leads back to, and what its address keeps. */
  here: string;
  hidden: Record<string, string>;
}) {
  const refused = await whyNot('restores.run');
  if (refused !== null) return <Notice title={restoreTexts.refused}>{refused}</Notice>;
  const copy = mailbox.snapshots.find(({ sequence }) => sequence === at) ?? mailbox.snapshots[0];
  if (copy === undefined) return <p className="text-ink-2">{texts.noCopies}</p>;
  const { sequence } = copy;
  const folders = await load(listFolders(ctx, { tenantId, mailboxId: mailbox.id, sequence }));
  const { zone, now } = await reading();
  const words = createWords(zone, now);
  const selection = kept?.selection ?? { kind: 'mailbox' };
  return (
    <div className="min-w-0 space-y-6">
      <form action={here} className="flex flex-wrap items-end gap-3">
        {Object.entries(hidden).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <label className="min-w-60 flex-1 text-base font-semibold">
          {texts.copy}
          <span className="block text-sm font-normal text-ink-2">{texts.copyNote}</span>
          <select name="at" defaultValue={sequence} key={sequence} className={inputClass}>
            {mailbox.snapshots.map((snapshot) => (
              <option key={snapshot.id} value={snapshot.sequence}>
                {words.moment(snapshot.takenAt)}, {plural(snapshot.items, 'item')}
                {snapshot.removed > 0 ? texts.gone(plural(snapshot.removed, 'item')) : ''}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" className={buttonClass('secondary', 'h-9')}>
          {texts.showCopy}
        </button>
      </form>
      <PickForm
        key={sequence}
        from={{ tenantId, mailboxId: mailbox.id, sequence }}
        keeps={
          selection.kind === 'items' && kept?.restoreId
            ? { restoreId: kept.restoreId, words: plural(selection.itemIds.length, 'item') }
            : null
        }
        whole={plural(copy.items, 'item')}
        folders={orderFolders(folders).map((folder) => ({
          id: folder.id,
          path: folderPath(folders, folder.id),
          items: plural(folder.itemCount, 'item'),
        }))}
        chosen={{
          what: selection.kind === 'items' ? 'kept' : selection.kind,
          folderId: selection.kind === 'folder' ? selection.folderId : '',
        }}
      />
      <ButtonLink href={paths.mailbox(tenantId, mailbox.id, { at: sequence })}>
        {texts.single}
      </ButtonLink>
    </div>
  );
}
