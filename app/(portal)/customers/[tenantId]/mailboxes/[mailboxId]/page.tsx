import type { Metadata } from 'next';
import Link from 'next/link';
import { Suspense } from 'react';
import { requireContext, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { mailTexts } from '#app/_texts/mail.ts';
import { searchTexts } from '#app/_texts/search.ts';
import { ButtonLink } from '#app/_ui/button.tsx';
import { Chip } from '#app/_ui/chip.tsx';
import { Icon } from '#app/_ui/icon.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { Status } from '#app/_ui/status.tsx';
import { Time } from '#app/_ui/time.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { createWords, plural } from '#app/_ui/words.ts';
import { type ItemLook, type MailboxPlace, paths } from '#app/paths.ts';
import { formatCount } from '#lib/core/bytes.ts';
import { getCustomer } from '#lib/services/customers/get.ts';
import { listFolders } from '#lib/services/folders/list.ts';
import { listItems } from '#lib/services/items/list.ts';
import { getMailbox } from '#lib/services/mailboxes/get.ts';
import { whyNoExport } from '../../../../exports/parts/why-no-export.ts';
import { mailboxLook } from '../../parts/mailbox-state.ts';
import { FolderTree } from './parts/folder-tree.tsx';
import { folderPath, orderFolders } from './parts/folders.ts';
import { ItemList } from './parts/item-list.tsx';
import { MomentSelect } from './parts/moment-select.tsx';
import { Reader } from './parts/reader.tsx';
import { RestoreForm } from './parts/restore-form.tsx';
import { Timeline } from './parts/timeline.tsx';

export const metadata: Metadata = { title: 'Mailbox' };

const looks: ItemLook[] = ['formatted', 'headers', 'versions'];

/** How many items a window of the list holds. */
const windowSize = 100;

/** What did it look like then, and where is the message? */
export default async function MailboxPage({
  params,
  searchParams,
}: {
  params: Promise<{ tenantId: string; mailboxId: string }>;
  searchParams: Promise<Partial<Record<keyof MailboxPlace, string>>>;
}) {
  const { tenantId, mailboxId } = await params;
  const query = await searchParams;
  const show = query.show === 'gone' ? 'gone' : undefined;
  const view = looks.find((look) => look === query.view);
  const ctx = await requireContext();
  const [customer, mailbox] = await load(
    Promise.all([getCustomer(ctx, { tenantId }), getMailbox(ctx, { tenantId, mailboxId })]),
  );
  const noDownload = await whyNoExport();
  const { zone, now } = await reading();
  const words = createWords(zone, now);
  const look = mailboxLook(mailbox.health);
  const snapshots = [...mailbox.snapshots].sort((a, b) => b.sequence - a.sequence);
  const wanted = Number(query.at);
  const index = Math.max(
    0,
    snapshots.findIndex((snapshot) => snapshot.sequence === wanted),
  );
  const shown = snapshots[index];
  const crumbs = [
    { label: 'Customers', href: paths.customers() },
    { label: customer.name, href: paths.customer(tenantId) },
    { label: mailbox.name },
  ];

  if (shown === undefined) {
    return (
      <>
        <TopBar crumbs={crumbs} chip={customer.initials} />
        <div className="max-w-160 space-y-4 px-4 py-5 sm:px-6">
          <h1 className="text-xl font-semibold">{mailbox.name}</h1>
          <Notice title="There is no copy of this mailbox yet">
            The first one appears here when its run has ended.
          </Notice>
        </div>
      </>
    );
  }

  const sequence = shown.sequence;
  const folders = orderFolders(await load(listFolders(ctx, { tenantId, mailboxId, sequence })));
  const folder =
    folders.find((one) => one.id === query.folder) ??
    folders.find((one) => one.wellKnown === 'inbox') ??
    folders[0];
  const list = folder
    ? await load(
        listItems(ctx, {
          tenantId,
          mailboxId,
          sequence,
          folderId: folder.id,
          after: query.after,
          show,
          limit: windowSize,
        }),
      )
    : { items: [], next: null };
  // A version that another copy has may be opened beside this list, too.
  const opened = query.item ? { id: query.item } : undefined;
  const at = index === 0 ? undefined : sequence;
  const place = (change: MailboxPlace) =>
    paths.mailbox(tenantId, mailboxId, { at, folder: folder?.id, show, ...change });
  const older = snapshots[index + 1];
  const newer = snapshots[index - 1];
  const momentPlace = (other: number | undefined) =>
    paths.mailbox(tenantId, mailboxId, { at: other, folder: folder?.id, show });

  return (
    <>
      <TopBar crumbs={crumbs} chip={customer.initials} back={opened ? place({}) : undefined} />
      {/* On a phone the bar has the name, and the head is not shown. */}
      <h1 className="sr-only sm:hidden">{mailbox.name}</h1>
      <RestoreForm
        key={`${sequence} ${folder?.id} ${query.after ?? ''}`}
        tenantId={tenantId}
        mailboxId={mailboxId}
        mailboxName={mailbox.name}
        sequence={sequence}
        moment={words.moment(shown.takenAt)}
        folder={
          folder
            ? { id: folder.id, path: folderPath(folders, folder.id), count: folder.itemCount }
            : null
        }
        total={shown.items}
        noRestore={await whyNot('restores.run')}
        noDownload={noDownload}
        search={
          <ButtonLink href={paths.search({ customer: tenantId, mailbox: mailboxId })}>
            <Icon name="search" className="size-4" />
            <span className="max-sm:sr-only">{searchTexts.inMailbox}</span>
          </ButtonLink>
        }
        head={
          <>
            <Chip text={customer.initials} />
            <h1 className="text-xl font-semibold">{mailbox.name}</h1>
            <p className="text-sm text-ink-2">
              {customer.name} · {mailbox.kind} mailbox
            </p>
            <Status kind={look.kind}>
              {look.word}
              {mailbox.lastGoodAt ? (
                <>
                  {', '}
                  <Time at={mailbox.lastGoodAt} as="ago" />
                </>
              ) : null}
            </Status>
          </>
        }
      >
        <div className={`border-b border-line px-4 py-2 sm:px-6 ${opened ? 'max-sm:hidden' : ''}`}>
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
            <div className="flex items-center rounded-md border border-line max-sm:w-full max-sm:justify-between max-sm:border-0">
              <Step
                href={older ? momentPlace(older.sequence) : null}
                label="Earlier copy"
                icon="chevronLeft"
              />
              <strong className="px-3 font-semibold whitespace-nowrap">
                {words.moment(shown.takenAt)}
              </strong>
              <Step
                href={newer ? momentPlace(index === 1 ? undefined : newer.sequence) : null}
                label="Later copy"
                icon="chevronRight"
              />
            </div>
            <MomentSelect
              current={sequence}
              choices={snapshots.map((snapshot, position) => ({
                sequence: snapshot.sequence,
                href: momentPlace(position === 0 ? undefined : snapshot.sequence),
                label: `${words.moment(snapshot.takenAt)}: ${plural(snapshot.items, 'item')}`,
              }))}
            />
            <p className="text-ink-2 max-lg:hidden">
              {index === 0 ? 'The latest copy.' : 'An earlier copy.'}
              {shown.removed > 0
                ? ` ${plural(shown.removed, 'item')} gone since the one before.`
                : ''}
            </p>
            <p className="ml-auto text-xs text-ink-3 max-sm:hidden">
              {plural(snapshots.length, 'copy', 'copies')} since{' '}
              {words.day(snapshots.at(-1)!.takenAt)}
            </p>
          </div>
          <Timeline
            snapshots={snapshots}
            current={sequence}
            zone={zone}
            base={momentPlace(undefined)}
            words={words}
            now={now}
          />
        </div>
        <div className="flex min-h-0 flex-1">
          <div className="w-56 shrink-0 overflow-y-auto border-r border-line p-2 max-lg:hidden">
            <FolderTree
              folders={folders}
              current={folder?.id ?? null}
              hrefs={Object.fromEntries(
                folders.map((one) => [
                  one.id,
                  paths.mailbox(tenantId, mailboxId, { at, folder: one.id }),
                ]),
              )}
            />
            <p className="mx-1.5 mt-2 border-t border-line pt-3 text-xs text-ink-3">
              {mailTexts.folders.atMoment(shown.items)}
            </p>
          </div>
          <div
            className={`min-w-0 border-line max-lg:flex-1 lg:w-96 lg:shrink-0 lg:overflow-y-auto lg:border-r ${opened ? 'max-lg:hidden' : ''}`}
          >
            <details className="border-b border-line lg:hidden">
              <summary className="flex h-12 items-center gap-2 px-4 font-semibold">
                <Icon name="folder" />
                {folder ? folderPath(folders, folder.id) : mailTexts.folders.none}
                <span className="font-normal text-ink-3">
                  {formatCount(folder?.itemCount ?? 0)}
                </span>
                <Icon name="chevronDown" />
              </summary>
              <ul className="max-h-80 overflow-y-auto px-2 pb-2">
                {folders.map((one) => (
                  <li key={one.id}>
                    <Link
                      href={paths.mailbox(tenantId, mailboxId, { at, folder: one.id })}
                      prefetch={false}
                      className="flex h-11 items-center justify-between px-2"
                    >
                      <span className="min-w-0 truncate">{folderPath(folders, one.id)}</span>
                      <span className="shrink-0 pl-3 text-ink-3">
                        {one.gone ? (
                          <span className="mr-3 text-late-ink">{mailTexts.folders.gone}</span>
                        ) : null}
                        {formatCount(one.itemCount)}
                      </span>
                    </Link>
                  </li>
                ))}
              </ul>
            </details>
            <ItemList
              title={folder ? folderPath(folders, folder.id) : ''}
              count={folder?.itemCount ?? 0}
              items={list.items}
              opened={opened?.id ?? null}
              href={(itemId) => place({ item: itemId, after: query.after })}
              next={list.next ? place({ after: list.next }) : null}
              first={query.after ? place({}) : null}
              show={{
                goneOnly: show === 'gone',
                allHref: place({ show: undefined }),
                goneHref: place({ show: 'gone' }),
              }}
            />
          </div>
          <section
            aria-label="Message"
            className={`min-w-0 flex-1 overflow-y-auto ${opened ? '' : 'max-lg:hidden'}`}
          >
            {opened ? (
              <Suspense
                key={opened.id}
                fallback={
                  <p role="status" className="px-4 py-5 text-sm text-ink-3 sm:px-6">
                    {mailTexts.reader.opening}
                  </p>
                }
              >
                <Reader
                  tenantId={tenantId}
                  mailboxId={mailboxId}
                  itemId={opened.id}
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
    </>
  );
}

function Step({
  href,
  label,
  icon,
}: {
  href: string | null;
  label: string;
  icon: 'chevronLeft' | 'chevronRight';
}) {
  const look = 'flex size-8 items-center justify-center max-sm:size-11';
  if (href === null) {
    return (
      <span aria-hidden className={`${look} text-line-strong opacity-40`}>
        <Icon name={icon} />
      </span>
    );
  }
  return (
    <Link href={href} prefetch={false} aria-label={label} className={`${look} hover:bg-hover`}>
      <Icon name={icon} />
    </Link>
  );
}
