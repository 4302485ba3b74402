import type { ReactNode } from 'react';
import { Suspense } from 'react';
import { requireContext } from '#app/_server/context.ts';
import { part } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { mailTexts } from '#app/_texts/mail.ts';
import { searchTexts } from '#app/_texts/search.ts';
import { ButtonLink } from '#app/_ui/button.tsx';
import { Icon } from '#app/_ui/icon.tsx';
import { PartFailed } from '#app/_ui/states.tsx';
import { createWords } from '#app/_ui/words.ts';
import { type ItemLook, type MailboxPlace, paths } from '#app/paths.ts';
import type { CustomerView } from '#lib/services/customers/view.ts';
import { listFolders } from '#lib/services/folders/list.ts';
import { listItems } from '#lib/services/items/list.ts';
import type { MailboxView } from '#lib/services/mailboxes/view.ts';
import { whyNoExport } from '../../../../../exports/parts/why-no-export.ts';
import { whyNoRestore } from '../../../../../restores/parts/why-no-restore.ts';
import { FolderMenu } from './folder-menu.tsx';
import { FolderTree } from './folder-tree.tsx';
import { folderPath, lookOf, orderFolders, orderOf } from './folders.ts';
import { ItemList } from './item-list.tsx';
import { Moments } from './moments.tsx';
import { Reader } from './reader.tsx';
import { RestoreForm } from './restore-form.tsx';

const looks: ItemLook[] = ['formatted', 'headers', 'versions'];

/** How many items a window of the list holds. */
const windowSize = 100;

/** A copy of the mailbox: its folders, the items of one, and one of them. Each fails by itself. */
export async function MailboxBody({
  customer,
  mailbox,
  query,
  head,
}: {
  customer: CustomerView;
  mailbox: MailboxView;
  query: Partial<Record<keyof MailboxPlace, string>>;
  head: ReactNode;
}) {
  const { id: mailboxId, snapshots } = mailbox;
  const tenantId = customer.id;
  const ctx = await requireContext();
  const noDownload = await whyNoExport();
  const show = query.show === 'gone' ? 'gone' : undefined;
  const view = looks.find((look) => look === query.view);
  const wanted = Number(query.at);
  const index = Math.max(
    0,
    snapshots.findIndex((snapshot) => snapshot.sequence === wanted),
  );
  const shown = snapshots[index]!;
  const { sequence } = shown;
  const { zone, now } = await reading();
  const words = createWords(zone, now);
  const tree = await part(listFolders(ctx, { tenantId, mailboxId, sequence }));
  const folders = orderFolders(tree.view ?? []);
  const folder =
    folders.find((one) => one.id === query.folder) ??
    folders.find((one) => one.wellKnown === 'inbox') ??
    folders[0];
  const look = lookOf(folder?.type ?? '');
  const list = folder
    ? await part(
        listItems(ctx, {
          tenantId,
          mailboxId,
          sequence,
          folderId: folder.id,
          after: query.after,
          show,
          order: orderOf[look],
          limit: windowSize,
        }),
      )
    : { view: { items: [], next: null }, failed: null };
  // A version that another copy has may be opened beside this list, too.
  const opened = query.item;
  const at = index === 0 ? undefined : sequence;
  const place = (change: MailboxPlace) =>
    paths.mailbox(tenantId, mailboxId, { at, folder: folder?.id, show, ...change });
  const folderPlace = (id: string) => paths.mailbox(tenantId, mailboxId, { at, folder: id });
  // A calendar, an address book and a list of tasks have the room of the reader until one is opened.
  const wide = look !== 'mail' && !opened;
  const title = folder ? folderPath(folders, folder.id) : '';

  return (
    <RestoreForm
      key={`${sequence} ${folder?.id} ${query.after ?? ''}`}
      tenantId={tenantId}
      mailboxId={mailboxId}
      mailboxName={mailbox.name}
      sequence={sequence}
      moment={words.moment(shown.takenAt)}
      folder={folder ? { id: folder.id, path: title, count: folder.itemCount } : null}
      total={shown.items}
      noRestore={await whyNoRestore(customer)}
      noDownload={noDownload}
      search={
        <ButtonLink href={paths.search({ customer: tenantId, mailbox: mailboxId })}>
          <Icon name="search" className="size-4" />
          <span className="max-sm:sr-only">{searchTexts.inMailbox}</span>
        </ButtonLink>
      }
      head={head}
    >
      <Moments
        snapshots={snapshots}
        index={index}
        href={(other) =>
          paths.mailbox(tenantId, mailboxId, { at: other, folder: folder?.id, show })
        }
        className={opened ? 'max-sm:hidden' : ''}
      />
      <div className="flex min-h-0 flex-1">
        <div className="w-56 shrink-0 overflow-y-auto border-r border-line p-2 max-lg:hidden">
          {tree.failed === null ? (
            <FolderTree
              folders={folders}
              current={folder?.id ?? null}
              hrefs={Object.fromEntries(folders.map((one) => [one.id, folderPlace(one.id)]))}
            />
          ) : (
            <PartFailed what={mailTexts.folders.what} reference={tree.failed} />
          )}
          <p className="mx-1.5 mt-2 border-t border-line pt-3 text-xs text-ink-3">
            {mailTexts.folders.atMoment(shown.items)}
          </p>
        </div>
        <div
          className={`min-w-0 border-line lg:overflow-y-auto ${wide ? 'flex-1' : 'max-lg:flex-1 lg:w-96 lg:shrink-0 lg:border-r'} ${opened ? 'max-lg:hidden' : ''}`}
        >
          {tree.failed === null ? (
            <FolderMenu folders={folders} current={folder} href={folderPlace} />
          ) : (
            <div className="px-4 py-5 lg:hidden">
              <PartFailed what={mailTexts.folders.what} reference={tree.failed} />
            </div>
          )}
          {list.failed === null ? (
            <ItemList
              look={look}
              title={title}
              count={folder?.itemCount ?? 0}
              items={list.view.items}
              opened={opened ?? null}
              href={(itemId) => place({ item: itemId, after: query.after })}
              next={list.view.next ? place({ after: list.view.next }) : null}
              first={query.after ? place({}) : null}
              show={{
                goneOnly: show === 'gone',
                allHref: place({ show: undefined }),
                goneHref: place({ show: 'gone' }),
              }}
            />
          ) : (
            <div className="px-4 py-5">
              <PartFailed what={mailTexts.list.what} reference={list.failed} />
            </div>
          )}
        </div>
        <section
          aria-label={mailTexts.reader.label}
          className={`min-w-0 flex-1 overflow-y-auto ${wide ? 'hidden' : opened ? '' : 'max-lg:hidden'}`}
        >
          {opened ? (
            <Suspense
              key={opened}
              fallback={
                <p role="status" className="px-4 py-5 text-sm text-ink-3 sm:px-6">
                  {mailTexts.reader.opening}
                </p>
              }
            >
              <Reader
                tenantId={tenantId}
                mailboxId={mailboxId}
                itemId={opened}
                place={{ at, folder: folder?.id, view, show, after: query.after }}
                customerName={customer.name}
                noDownload={noDownload}
              />
            </Suspense>
          ) : (
            <p className="px-6 py-5 text-sm text-ink-3">{mailTexts.reader.choose}</p>
          )}
        </section>
      </div>
    </RestoreForm>
  );
}
