import type { Metadata } from 'next';
import Link from 'next/link';
import { requireContext, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { restoreListTexts, restoreTexts } from '#app/_texts/restores.ts';
import { FilterList } from '#app/_ui/filter-list.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { plural } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { getCustomer } from '#lib/services/customers/get.ts';
import { listCustomers } from '#lib/services/customers/list.ts';
import { getMailbox } from '#lib/services/mailboxes/get.ts';
import { listMailboxes } from '#lib/services/mailboxes/list.ts';
import { PickCopy } from '../parts/pick-copy.tsx';
import { StepLinks } from '../parts/step-links.tsx';
import { whyNoRestore } from '../parts/why-no-restore.ts';

export const metadata: Metadata = { title: restoreTexts.titles.pick };

const texts = restoreTexts.pick;

/** Whose mail, from which mailbox, which copy, and what of it: one question a page. */
export default async function NewRestorePage({
  searchParams,
}: {
  searchParams: Promise<{ customer?: string; mailbox?: string; at?: string; folder?: string }>;
}) {
  const { customer, mailbox, at, folder } = await searchParams;
  const ctx = await requireContext();
  const known = customer ? await load(getCustomer(ctx, { tenantId: customer })) : null;
  const refused = known === null ? await whyNot('restores.run') : await whyNoRestore(known);
  return (
    <>
      <TopBar
        crumbs={[
          { label: restoreListTexts.title, href: paths.restores() },
          ...(known ? [{ label: known.name, href: paths.newRestore({ customer: known.id }) }] : []),
          { label: restoreTexts.steps[0] },
        ]}
        title={texts.title}
      />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-4 sm:px-6">
        <h1 className="text-xl font-semibold max-sm:sr-only">{texts.title}</h1>
        <div className="ml-auto">
          <StepLinks at={0} hrefs={[]} />
        </div>
      </div>
      <div className="max-w-172 px-4 pb-8 sm:px-6">
        {refused !== null ? (
          <Notice title={known === null ? restoreTexts.refused : restoreTexts.nothingBack}>
            {refused}
            {known?.state !== 'disconnected' ? null : (
              <p className="mt-2">
                <Link
                  href={paths.customerMailboxes(known.id)}
                  prefetch={false}
                  className="quiet-link"
                >
                  {restoreTexts.readInstead}
                </Link>
              </p>
            )}
          </Notice>
        ) : known === null ? (
          <Customers ctx={ctx} />
        ) : mailbox ? (
          <ChosenMailbox
            ctx={ctx}
            tenantId={known.id}
            mailboxId={mailbox}
            at={at}
            folder={folder}
          />
        ) : (
          <Mailboxes ctx={ctx} tenantId={known.id} name={known.name} />
        )}
      </div>
    </>
  );
}

async function Customers({ ctx }: { ctx: ServiceContext }) {
  const customers = (await load(listCustomers(ctx))).filter(({ state }) => state !== 'connecting');
  if (customers.length === 0) return <p className="text-ink-2">{texts.noCustomers}</p>;
  return (
    <FilterList
      name="customer"
      label={texts.customer}
      placeholder={texts.filterCustomers}
      none={texts.noCustomer}
      options={customers.map(({ id, name, mailboxes }) => ({
        value: id,
        label: name,
        ...(mailboxes === null ? {} : { hint: plural(mailboxes, 'mailbox', 'mailboxes') }),
        href: paths.newRestore({ customer: id }),
      }))}
    />
  );
}

async function Mailboxes({
  ctx,
  tenantId,
  name,
}: {
  ctx: ServiceContext;
  tenantId: string;
  name: string;
}) {
  const mailboxes = await load(listMailboxes(ctx, { tenantId }));
  return (
    <div className="space-y-4">
      <p className="text-sm text-ink-2">
        <strong className="font-semibold text-ink">{name}</strong>{' '}
        <Link href={paths.newRestore()} prefetch={false} className="quiet-link">
          {texts.otherCustomer}
        </Link>
      </p>
      {mailboxes.length === 0 ? (
        <p className="text-ink-2">{texts.noMailboxes}</p>
      ) : (
        <FilterList
          name="mailbox"
          label={texts.mailbox}
          placeholder={restoreTexts.where.filter}
          none={restoreTexts.where.none}
          options={mailboxes.map(({ id, name: label, address, state }) => ({
            value: id,
            label,
            hint: state === 'sealed' ? texts.sealed(address) : address,
            href: paths.newRestore({ customer: tenantId, mailbox: id }),
          }))}
        />
      )}
    </div>
  );
}

async function ChosenMailbox({
  ctx,
  tenantId,
  mailboxId,
  at,
  folder,
}: {
  ctx: ServiceContext;
  tenantId: string;
  mailboxId: string;
  at: string | undefined;
  folder: string | undefined;
}) {
  const mailbox = await load(getMailbox(ctx, { tenantId, mailboxId }));
  return (
    <div className="space-y-6">
      <p className="text-sm text-ink-2">
        <strong className="font-semibold text-ink">{mailbox.name}</strong>{' '}
        <Link
          href={paths.newRestore({ customer: tenantId })}
          prefetch={false}
          className="quiet-link"
        >
          {texts.otherMailbox}
        </Link>
      </p>
      <PickCopy
        ctx={ctx}
        tenantId={tenantId}
        mailbox={mailbox}
        at={at === undefined ? undefined : Number(at)}
        kept={folder ? { restoreId: null, selection: { kind: 'folder', folderId: folder } } : null}
        here={paths.newRestore()}
        hidden={{ customer: tenantId, mailbox: mailboxId, ...(folder ? { folder } : {}) }}
      />
    </div>
  );
}
