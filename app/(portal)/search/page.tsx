import type { Metadata } from 'next';
import { requireContext, viewer, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { searchTexts as texts } from '#app/_texts/search.ts';
import { Empty, NotYours } from '#app/_ui/states.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { listCustomers } from '#lib/services/customers/list.ts';
import { SearchForm } from './parts/search-form.tsx';

export const metadata: Metadata = { title: texts.title };

/** Where is it? */
export default async function SearchPage() {
  await viewer();
  const refused = await whyNot('content.read');
  const all = refused === null ? await load(listCustomers(await requireContext())) : [];
  // Whoever is not connected yet has nothing to find.
  const customers = all.filter(({ state }) => state !== 'connecting');
  return (
    <>
      <TopBar crumbs={[{ label: texts.title }]} />
      <div className="space-y-4 px-4 py-5 sm:px-6">
        <h1 className="text-xl font-semibold max-sm:sr-only">{texts.title}</h1>
        {refused !== null ? (
          <NotYours reason={refused} />
        ) : customers.length === 0 ? (
          <Empty title={texts.noCustomers} />
        ) : (
          <>
            <p className="max-w-2xl text-sm text-ink-2">{texts.intro}</p>
            <SearchForm customers={customers} tenantId={customers[0]?.id} />
          </>
        )}
      </div>
    </>
  );
}
