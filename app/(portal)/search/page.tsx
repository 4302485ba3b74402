import type { Metadata } from 'next';
import type { ComponentProps } from 'react';
import { requireContext, viewer, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { searchTexts as texts } from '#app/_texts/search.ts';
import { Empty, NotYours } from '#app/_ui/states.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { listCustomers } from '#lib/services/customers/list.ts';
import { listMailboxes } from '#lib/services/mailboxes/list.ts';
import { oneValue, type Query } from '../parts/query.ts';
import { folderOptions } from './parts/folder-options.ts';
import { SearchForm } from './parts/search-form.tsx';

export const metadata: Metadata = { title: texts.title };

/** Where is it? */
export default async function SearchPage({ searchParams }: { searchParams: Promise<Query> }) {
  await viewer();
  const refused = await whyNot('content.read');
  const place = refused === null ? await placeOf(await searchParams) : null;
  return (
    <>
      <TopBar crumbs={[{ label: texts.title }]} />
      <div className="space-y-4 px-4 py-5 sm:px-6">
        <h1 className="text-xl font-semibold max-sm:sr-only">{texts.title}</h1>
        {refused !== null ? (
          <NotYours reason={refused} />
        ) : place === null ? (
          <Empty title={texts.noCustomers} />
        ) : (
          <>
            <p className="max-w-2xl text-sm text-ink-2">{texts.intro}</p>
            <SearchForm place={place} />
          </>
        )}
      </div>
    </>
  );
}

/** The customer and mailbox of the address, and what else can be chosen; null without customers. */
async function placeOf(query: Query): Promise<ComponentProps<typeof SearchForm>['place'] | null> {
  const ctx = await requireContext();
  // Whoever is not connected yet has nothing to find.
  const asked = oneValue(query, 'customer');
  const customers = (await load(listCustomers(ctx))).filter(
    ({ id, state }) => state !== 'connecting' || id === asked,
  );
  const tenantId = asked ?? customers[0]?.id;
  if (tenantId === undefined) return null;
  const mailboxId = oneValue(query, 'mailbox') ?? null;
  const [mailboxes, folders] = await Promise.all([
    load(listMailboxes(ctx, { tenantId })),
    folderOptions(ctx, { tenantId, mailboxId }),
  ]);
  return {
    customers: customers.map(({ id, name }) => ({ id, name })),
    tenantId,
    mailboxes: mailboxes.map(({ id, name }) => ({ id, name })),
    mailboxId: mailboxId ?? '',
    folders,
    folderId: '',
  };
}
