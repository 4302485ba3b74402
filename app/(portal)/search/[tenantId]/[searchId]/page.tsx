import type { Metadata } from 'next';
import Link from 'next/link';
import { namesOf } from '#app/_mail/names.ts';
import { requireContext, viewer, whyNot } from '#app/_server/context.ts';
import { load, orRefusal } from '#app/_server/failures.ts';
import { searchTexts as texts } from '#app/_texts/search.ts';
import { ButtonLink, buttonClass } from '#app/_ui/button.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { Empty, Partial } from '#app/_ui/states.tsx';
import { Time } from '#app/_ui/time.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { paths } from '#app/paths.ts';
import { formatCount } from '#lib/core/bytes.ts';
import { getCustomer } from '#lib/services/customers/get.ts';
import type { CustomerView } from '#lib/services/customers/view.ts';
import { listMailboxes } from '#lib/services/mailboxes/list.ts';
import { getSearch } from '#lib/services/search/get.ts';
import type { SearchHit, SearchResults } from '#lib/services/search/results.ts';
import { searchResults } from '#lib/services/search/results.ts';
import { oneValue, type Query } from '../../../parts/query.ts';
import { whyNoRestore } from '../../../restores/parts/why-no-restore.ts';
import { takeFound } from '../../actions.ts';
import { ActionForm } from '../../parts/action-form.tsx';
import { folderOptions } from '../../parts/folder-options.ts';
import { SearchForm } from '../../parts/search-form.tsx';

export const metadata: Metadata = { title: texts.found };

/** What was found, newest first, to read, restore or download. */
export default async function FoundPage({
  params,
  searchParams,
}: {
  params: Promise<{ tenantId: string; searchId: string }>;
  searchParams: Promise<Query>;
}) {
  await viewer();
  const { tenantId, searchId } = await params;
  const after = oneValue(await searchParams, 'after') ?? null;
  const ctx = await requireContext();
  const found = await load(orRefusal(searchResults(ctx, { tenantId, searchId, after, limit: 50 })));
  const mailboxes = await load(listMailboxes(ctx, { tenantId }));
  const customer = await load(getCustomer(ctx, { tenantId }));
  const search =
    'refusal' in found ? await load(getSearch(ctx, { tenantId, searchId })) : found.search;
  return (
    <>
      <TopBar
        crumbs={[
          { label: texts.title, href: paths.search({ customer: tenantId }) },
          { label: customer.name },
        ]}
      />
      <div className="space-y-4 px-4 py-5 sm:px-6">
        <h1 className="sr-only">{texts.found}</h1>
        <SearchForm
          key={searchId}
          place={{
            customers: null,
            tenantId,
            mailboxes: mailboxes.map(({ id, name }) => ({ id, name })),
            mailboxId: search.mailboxId ?? '',
            folders: await folderOptions(ctx, { tenantId, mailboxId: search.mailboxId }),
            folderId: search.filter.folderId ?? '',
          }}
          search={search}
        />
        {'refusal' in found ? (
          <Empty icon="search" title={texts.stopped}>
            {found.refusal}
          </Empty>
        ) : (
          <Found found={found} customer={customer} after={after} />
        )}
      </div>
    </>
  );
}

async function Found({
  found,
  customer,
  after,
}: {
  found: SearchResults;
  customer: CustomerView;
  after: string | null;
}) {
  const { hits, next, search } = found;
  const searchId = search.id;
  const tenantId = customer.id;
  return (
    <>
      <IndexLine index={found.index} />
      {hits.length === 0 ? (
        <Empty icon="search" title={after === null ? texts.none : texts.noOlder}>
          {after === null ? texts.noneHint : null}
        </Empty>
      ) : (
        <ActionForm action={takeFound} className="space-y-3">
          <input type="hidden" name="tenantId" value={tenantId} />
          <input type="hidden" name="searchId" value={searchId} />
          <Acts
            found={found}
            refusals={{
              restore: await whyNoRestore(customer),
              download: await whyNot('exports.run'),
            }}
          />
          <ul className="divide-y divide-line rounded-lg border border-line">
            {hits.map((hit) => (
              <Hit key={hit.itemId} hit={hit} tenantId={tenantId} />
            ))}
          </ul>
        </ActionForm>
      )}
      <div className="flex flex-wrap items-center gap-3 text-sm">
        {after === null ? null : (
          <ButtonLink href={paths.found(tenantId, searchId)}>{texts.first}</ButtonLink>
        )}
        {next === null ? null : (
          <ButtonLink href={paths.found(tenantId, searchId, { after: next })}>
            {texts.next}
          </ButtonLink>
        )}
        <p className="text-xs text-ink-3">{texts.over}</p>
      </div>
    </>
  );
}

function IndexLine({ index }: { index: SearchResults['index'] }) {
  const missing = Math.max(0, index.catalogue - index.indexed);
  const textless = index.textless > 0 ? ` ${texts.textless(formatCount(index.textless))}` : '';
  if (missing > 0) {
    return (
      <Partial>
        {texts.missing(formatCount(missing), formatCount(index.catalogue))}
        {textless}
      </Partial>
    );
  }
  return (
    <p className="text-xs text-ink-3">
      {texts.complete(formatCount(index.catalogue))}
      {index.at ? (
        <>
          , <Time at={index.at} />
        </>
      ) : null}
      .{textless}
    </p>
  );
}

function Acts({
  found: { total, totalIsAtLeast, next },
  refusals,
}: {
  found: SearchResults;
  refusals: { restore: string | null; download: string | null };
}) {
  const act = (name: 'restore' | 'download', weight: 'primary' | 'secondary') => {
    const refusal = refusals[name];
    if (refusal !== null) {
      return (
        <ReasonButton reason={refusal} name={texts[name]}>
          {texts[name]}
        </ReasonButton>
      );
    }
    return (
      <button type="submit" name="act" value={name} className={buttonClass(weight)}>
        {texts[name]}
      </button>
    );
  };
  return (
    <div className="flex flex-wrap items-center gap-3">
      {act('restore', 'primary')}
      {act('download', 'secondary')}
      <label className="flex min-h-row items-center gap-2 text-sm max-sm:min-h-11">
        <input type="checkbox" name="all" value="yes" className="box" />
        {totalIsAtLeast || next !== null ? texts.everything : texts.all(formatCount(total))}
      </label>
    </div>
  );
}

function Hit({ hit, tenantId }: { hit: SearchHit; tenantId: string }) {
  const subject = hit.subject || texts.noSubject;
  return (
    <li className="flex items-stretch has-checked:bg-selected">
      <label className="flex min-w-11 cursor-pointer items-center justify-center">
        <input
          type="checkbox"
          name="item"
          value={hit.itemId}
          aria-label={texts.choose(subject)}
          className="box"
        />
      </label>
      <Link
        href={paths.mailbox(tenantId, hit.mailboxId, {
          at: hit.sequence,
          folder: hit.folderId,
          item: hit.itemId,
        })}
        prefetch={false}
        className="min-w-0 flex-1 py-2 pr-4 -outline-offset-2 hover:bg-hover"
      >
        <span className="flex flex-wrap items-baseline gap-x-3">
          <span className="min-w-0 text-sm font-medium break-words">{subject}</span>
          {hit.at ? <Time at={hit.at} inside className="text-xs text-ink-3" /> : null}
        </span>
        <span className="block text-xs text-ink-2 break-words">
          {[namesOf(hit.sender), hit.mailboxName, hit.folder.join(' / ')]
            .filter(Boolean)
            .join(' · ')}
          {' · '}
          {hit.goneSince ? (
            <span className="text-late-ink">
              {texts.goneSince}
              <Time at={hit.goneSince} inside />
            </span>
          ) : hit.binnedSince ? (
            <span className="text-late-ink">
              {texts.binnedSince}
              <Time at={hit.binnedSince} inside />
            </span>
          ) : (
            texts.there
          )}
        </span>
        <span className="block truncate text-xs text-ink-3">{hit.excerpt}</span>
      </Link>
    </li>
  );
}
