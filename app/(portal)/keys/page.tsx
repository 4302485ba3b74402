import type { Metadata } from 'next';
import Link from 'next/link';
import { requireContext, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { keysTexts } from '#app/_texts/keys.ts';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { Empty, NotYours } from '#app/_ui/states.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { paths } from '#app/paths.ts';
import { keyScopes } from '#lib/auth/roles.ts';
import { formatCount } from '#lib/core/bytes.ts';
import { isAllowed, reachOf } from '#lib/services/context.ts';
import { listCustomers } from '#lib/services/customers/list.ts';
import { listKeys } from '#lib/services/keys/list.ts';
import { CreateKey } from './parts/create-key.tsx';
import { KeyTable } from './parts/key-table.tsx';

export const metadata: Metadata = { title: keysTexts.title };

/** Which programs get in, what they may do, and the way to end one. */
export default async function KeysPage() {
  const ctx = await requireContext();
  const refused = await whyNot('keys.manage');
  const keys = refused === null ? await load(listKeys(ctx)) : [];
  const customers = refused === null ? await load(listCustomers(ctx)) : [];
  const working = keys.filter(({ state }) => state === 'works').length;
  return (
    <>
      <TopBar crumbs={[{ label: keysTexts.title }]} />
      <div className="flex flex-wrap items-center gap-3 px-4 pt-5 pb-1 sm:px-6">
        <h1 className="text-xl font-semibold">
          {keysTexts.title}{' '}
          {refused === null ? (
            <span className="ml-1.5 text-base font-normal text-ink-2">{formatCount(working)}</span>
          ) : null}
        </h1>
        <div className="ml-auto">
          {refused === null ? (
            <CreateKey
              customers={customers.map(({ id, name }) => ({ id, name }))}
              mayReachAll={reachOf(ctx).customers === 'all'}
              withheld={keyScopes.filter((scope) => !isAllowed(ctx, scope))}
            />
          ) : (
            <ReasonButton name={keysTexts.create} reason={refused}>
              {keysTexts.create}
            </ReasonButton>
          )}
        </div>
      </div>
      <p className="max-w-160 px-4 pb-4 text-sm text-ink-2 sm:px-6">
        {keysTexts.lead}{' '}
        <Link href={paths.apiDocs()} prefetch={false} className="text-accent underline">
          {keysTexts.document}
        </Link>
      </p>
      {refused === null && keys.length > 0 ? <KeyTable keys={keys} /> : null}
      <div className="px-4 sm:px-6">
        {refused === null ? null : <NotYours reason={refused} />}
        {refused === null && keys.length === 0 ? (
          <Empty icon="key" title={keysTexts.none}>
            {keysTexts.noneMore}
          </Empty>
        ) : null}
      </div>
    </>
  );
}
