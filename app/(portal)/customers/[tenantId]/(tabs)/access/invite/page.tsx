import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { requireContext, viewer, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { roleTexts, staffTexts, accessTexts as texts } from '#app/_texts/people.ts';
import { customerRoles } from '#db/enums.ts';
import { listMailboxes } from '#lib/services/mailboxes/list.ts';
import { InviteForm } from './parts/invite-form.tsx';

export const metadata: Metadata = { title: texts.form.title };

export default async function InvitePersonPage({
  params,
}: {
  params: Promise<{ tenantId: string }>;
}) {
  const { tenantId } = await params;
  await viewer();
  const ctx = await requireContext();
  if ((await whyNot('people.manage')) !== null) notFound();
  const mailboxes = await load(listMailboxes(ctx, { tenantId }));
  return (
    <div className="grid grid-cols-1 gap-x-10 gap-y-8 px-4 py-5 sm:px-6 wide:grid-cols-[minmax(0,40rem)_minmax(0,22rem)]">
      <div>
        <h2 className="mb-5 text-lg font-semibold">{texts.form.title}</h2>
        <InviteForm
          tenantId={tenantId}
          roles={customerRoles.map((value) => ({ value, ...roleTexts[value] }))}
          mailboxes={mailboxes
            .filter((mailbox) => mailbox.state !== 'erased')
            .map((mailbox) => ({
              value: mailbox.id,
              label: mailbox.name,
              hint: mailbox.address,
            }))}
        />
      </div>
      <section>
        <h3 className="mb-1.5 text-base font-semibold">{staffTexts.form.whatHappens}</h3>
        <ol className="list-decimal space-y-1.5 pl-5 text-sm text-ink-2">
          {texts.form.steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </section>
    </div>
  );
}
