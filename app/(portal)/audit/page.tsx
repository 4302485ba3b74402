import type { Metadata } from 'next';
import Link from 'next/link';
import { Suspense } from 'react';
import { requireContext, viewer, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { auditActor, auditSentence, auditTexts as texts } from '#app/_texts/audit.ts';
import { ButtonLink, buttonClass } from '#app/_ui/button.tsx';
import { Choices } from '#app/_ui/choices.tsx';
import { Icon } from '#app/_ui/icon.tsx';
import { Empty, NoMatch, NotYours } from '#app/_ui/states.tsx';
import { Time } from '#app/_ui/time.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { type AuditList, paths } from '#app/paths.ts';
import { type AuditActors, auditActors } from '#lib/services/audit/actors.ts';
import { auditCursor } from '#lib/services/audit/cursor.ts';
import { type AuditGroup, auditGroupNames } from '#lib/services/audit/groups.ts';
import { type AuditView, listAudit } from '#lib/services/audit/list.ts';
import { oneOf, oneValue, type Query } from '../parts/query.ts';
import { entryLink } from './parts/entry-link.ts';
import { Proof } from './parts/proof.tsx';

export const metadata: Metadata = { title: texts.title };

const shownAtOnce = 100;

/** Who did or saw what? */
export default async function AuditPage({ searchParams }: { searchParams: Promise<Query> }) {
  await viewer();
  const ctx = await requireContext();
  const refused = await whyNot('audit.read');
  if (refused !== null) {
    return (
      <>
        <TopBar crumbs={[{ label: texts.title }]} />
        <div className="space-y-3 px-4 py-5 sm:px-6">
          <h1 className="text-xl font-semibold max-sm:sr-only">{texts.title}</h1>
          <NotYours reason={refused} />
        </div>
      </>
    );
  }
  const query = await searchParams;
  const given = (name: string) => oneValue(query, name) || undefined;
  const list: AuditList & { group?: AuditGroup | undefined } = {
    customer: given('customer'),
    person: given('person'),
    group: oneOf(query, 'group', auditGroupNames),
  };
  const after = given('after');
  const entries = await load(
    listAudit(ctx, {
      tenantId: list.customer,
      person: list.person,
      group: list.group,
      after,
      limit: shownAtOnce,
    }),
  );
  const actors = await load(auditActors(ctx));
  const last = entries.length === shownAtOnce ? entries.at(-1) : undefined;
  const narrowed = Object.values(list).some((value) => value !== undefined);

  return (
    <>
      <TopBar crumbs={[{ label: texts.title }]} />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 pt-5 pb-3 sm:px-6">
        <h1 className="text-xl font-semibold max-sm:sr-only">{texts.title}</h1>
        <Choices
          label={texts.groups.label}
          choices={[undefined, ...auditGroupNames].map((name) => ({
            name: texts.groups[name ?? 'all'],
            href: paths.audit({ ...list, group: name }),
            on: list.group === name,
          }))}
        />
        <p className="ml-auto text-xs text-ink-3 max-sm:hidden">{texts.newestFirst}</p>
      </div>
      <div className="space-y-3 px-4 pb-4 sm:px-6">
        <Suspense fallback={<p className="text-sm text-ink-3">{texts.proof.checking}</p>}>
          <Proof ctx={ctx} list={{ ...list, check: oneOf(query, 'check', ['all']) }} />
        </Suspense>
        {/* On a phone what was found comes first; the way to narrow it is one tap away. */}
        <details
          open={list.person !== undefined || list.customer !== undefined}
          className="sm:hidden"
        >
          <summary className="w-fit cursor-pointer py-3 text-sm font-medium">
            {texts.narrow}
          </summary>
          <Filters list={list} actors={actors} />
        </details>
        <div className="max-sm:hidden">
          <Filters list={list} actors={actors} />
        </div>
      </div>
      {entries.length === 0 ? (
        <div className="px-4 pb-8 sm:px-6">
          {narrowed || after ? (
            <NoMatch one={texts.one} clear={paths.audit()} />
          ) : (
            <Empty icon="scroll" title={texts.none}>
              {texts.noneNote}
            </Empty>
          )}
        </div>
      ) : (
        <EntryTable entries={entries} />
      )}
      <div className="flex gap-3 px-4 py-4 sm:px-6">
        {after ? <ButtonLink href={paths.audit(list)}>{texts.newest}</ButtonLink> : null}
        {last ? (
          <ButtonLink href={paths.audit({ ...list, after: auditCursor(last) })}>
            {texts.older}
          </ButtonLink>
        ) : null}
      </div>
    </>
  );
}

const selectClass =
  'h-8 max-w-full min-w-0 rounded-md border border-line-strong bg-surface px-2 text-sm text-ink max-sm:h-11 max-sm:w-full max-sm:text-lg';

/** A form that is an address: it works before any script has come. */
function Filters({ list, actors }: { list: AuditList; actors: AuditActors }) {
  return (
    <form action={paths.audit()} className="flex flex-wrap items-end gap-3">
      {list.group ? <input type="hidden" name="group" value={list.group} /> : null}
      <label className="text-xs text-ink-3 max-sm:w-full">
        <span className="mb-1 block">{texts.who}</span>
        <select name="person" defaultValue={list.person ?? ''} className={selectClass}>
          <option value="">{texts.anybody}</option>
          <optgroup label={texts.staff}>
            {actors.staff.map((actor) => (
              <option key={actor.id} value={actor.id}>
                {actor.name}
              </option>
            ))}
          </optgroup>
          {actors.people.length > 0 ? (
            <optgroup label={texts.people}>
              {actors.people.map((actor) => (
                <option key={actor.id} value={actor.id}>
                  {actor.name}
                </option>
              ))}
            </optgroup>
          ) : null}
        </select>
      </label>
      <label className="text-xs text-ink-3 max-sm:w-full">
        <span className="mb-1 block">{texts.customer}</span>
        <select name="customer" defaultValue={list.customer ?? ''} className={selectClass}>
          <option value="">{texts.everyCustomer}</option>
          {actors.customers.map((customer) => (
            <option key={customer.id} value={customer.id}>
              {customer.name}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" className={buttonClass('secondary')}>
        {texts.show}
      </button>
      <a
        href={paths.auditFile(list)}
        download
        aria-label={texts.fileName}
        className={buttonClass('secondary')}
      >
        <Icon name="download" className="size-4" />
        {texts.file}
      </a>
    </form>
  );
}

function EntryTable({ entries }: { entries: AuditView[] }) {
  return (
    <table className="list list-wide">
      <thead>
        <tr>
          <th scope="col" className="w-px">
            {texts.columns.at}
          </th>
          <th scope="col" className="max-sm:hidden">
            {texts.columns.who}
          </th>
          <th scope="col">{texts.columns.what}</th>
          <th scope="col" className="max-sm:hidden">
            {texts.columns.customer}
          </th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => {
          const href = entryLink(entry);
          const sentence = auditSentence(entry);
          return (
            <tr key={`${entry.chainId} ${entry.seq}`}>
              <td className="py-1.5 align-top whitespace-nowrap text-ink-2">
                <Time at={entry.at} as="short" />
              </td>
              <td className="py-1.5 align-top font-medium max-sm:hidden">{auditActor(entry)}</td>
              <td className="py-1.5 align-top break-words">
                <span className="font-medium sm:hidden">{auditActor(entry)} </span>
                {href === null ? (
                  sentence
                ) : (
                  <Link href={href} prefetch={false} className="hover:text-accent hover:underline">
                    {sentence}
                  </Link>
                )}
                {entry.customerName ? (
                  <span className="block text-xs text-ink-3 sm:hidden">{entry.customerName}</span>
                ) : null}
              </td>
              <td className="py-1.5 align-top max-sm:hidden">
                {entry.tenantId && entry.customerName ? (
                  <Link
                    href={paths.customer(entry.tenantId)}
                    prefetch={false}
                    className="text-ink-2 hover:text-accent hover:underline"
                  >
                    {entry.customerName}
                  </Link>
                ) : null}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
