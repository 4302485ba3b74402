import type { Metadata } from 'next';
import { load, orRefusal } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { myTexts } from '#app/_texts/my.ts';
import { daySpan } from '#app/_ui/days.ts';
import { Partial } from '#app/_ui/states.tsx';
import { createWords } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { getMailbox } from '#lib/services/mailboxes/get.ts';
import { getSearch } from '#lib/services/search/get.ts';
import { searchResults } from '#lib/services/search/results.ts';
import { Chosen } from '../../parts/chosen.tsx';
import { Column, pageTitle } from '../../parts/column.tsx';
import { findFolders } from '../../parts/find-folders.ts';
import { FindForm } from '../../parts/find-form.tsx';
import { Hit } from '../../parts/hit.tsx';
import { home } from '../../parts/home.ts';
import { Nothing } from '../../parts/nothing.tsx';
import { findPlace } from '../../parts/place.ts';
import { type When, whenOf } from '../../parts/when.ts';

const texts = myTexts.results;

export const metadata: Metadata = { title: texts.title };

const shown = 50;

/** What was found, to choose from. What was typed stands in the form and nowhere else. */
export default async function ResultsPage({
  params,
  searchParams,
}: {
  params: Promise<{ searchId: string }>;
  searchParams: Promise<{ after?: string }>;
}) {
  const { searchId } = await params;
  const { after } = await searchParams;
  const found = await home();
  const { ctx, viewer, own, mailboxes, administers } = found;
  const { tenantId } = viewer;
  const results = await load(
    orRefusal(searchResults(ctx, { tenantId, searchId, after: after ?? null, limit: shown })),
  );
  const search =
    'refusal' in results ? await load(getSearch(ctx, { tenantId, searchId })) : results.search;
  const { zone, now } = await reading();
  const words = createWords(zone, now);
  const when = whenOf(search.filter, search.createdAt, zone);
  const dayWords = when.kind === 'day' ? dayText(when.day, zone, words.day) : undefined;
  const folders =
    search.mailboxId === null
      ? null
      : await findFolders(ctx, { tenantId, mailboxId: search.mailboxId });
  const heading = (
    <>
      <h1 className={pageTitle}>{myTexts.find.title}</h1>
      <FindForm
        key={searchId}
        words={search.words}
        when={when}
        dayWords={dayWords}
        place={findPlace(found, search.mailboxId ?? '')}
        folders={folders}
        folder={search.filter.folderId}
      />
    </>
  );
  if ('refusal' in results) {
    return (
      <Column className="space-y-4">
        {heading}
        <Nothing icon="search" title={texts.stopped}>
          {results.refusal}
        </Nothing>
      </Column>
    );
  }
  const { hits, total, totalIsAtLeast, next, index } = results;
  const first =
    hits.length > 0 || own === null
      ? null
      : (await load(getMailbox(ctx, { tenantId, mailboxId: own.id }))).snapshots.at(-1);
  const inFolder = folders?.options.find(({ id }) => id === search.filter.folderId);
  const gone = new Set(mailboxes.filter(({ state }) => state === 'sealed').map(({ id }) => id));
  const missing = index.catalogue - index.indexed;

  return (
    <Column className="space-y-4">
      {heading}
      {missing > 0 ? <Partial>{texts.notIndexed(myTexts.count.items(missing))}</Partial> : null}
      {hits.length === 0 ? (
        <Nothing icon="search" title={after ? texts.noOlder : texts.none}>
          {after
            ? texts.noOlderNote
            : search.words === '' && isRemoved(when)
              ? texts.noneGone
              : first
                ? texts.noneSince(words.day(first.takenAt))
                : texts.noneElse}
        </Nothing>
      ) : (
        <Chosen
          key={`${searchId} ${after ?? ''}`}
          searchId={searchId}
          total={total}
          totalIsAtLeast={totalIsAtLeast}
          shown={hits.length}
          elsewhere={hits.every((hit) => gone.has(hit.mailboxId))}
          heading={
            <h2 className="min-w-0 break-words">
              <strong className="font-semibold">{texts.heading(total, totalIsAtLeast)}</strong>
              <span className="text-ink-2">
                {search.words === '' ? '' : texts.words(search.words)}
                {whenText(when, dayWords)}
                {inFolder ? texts.inFolder(inFolder.label) : ''}
              </span>
            </h2>
          }
          more={next === null ? null : paths.mySearch(searchId, { after: next })}
        >
          {hits.map((hit) => (
            <Hit
              key={hit.itemId}
              hit={hit}
              searchId={searchId}
              named={administers}
              kept={gone.has(hit.mailboxId)}
            />
          ))}
        </Chosen>
      )}
    </Column>
  );
}

function isRemoved(when: When): boolean {
  return when.kind !== 'any' && (when.kind !== 'day' || when.which === 'removed');
}

function whenText(when: When, day = ''): string {
  switch (when.kind) {
    case 'any':
      return '';
    case 'week':
      return texts.week;
    case 'yesterday':
      return texts.yesterday;
    case 'day':
      return when.which === 'removed' ? texts.removedOn(day) : texts.cameOn(day);
  }
}

function dayText(day: string, zone: string, write: (at: Date) => string): string {
  const span = daySpan(day, zone);
  return span === null ? day : write(span.from);
}
