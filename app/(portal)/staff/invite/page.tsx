import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { requireContext, viewer, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { roleTexts, staffTexts as texts } from '#app/_texts/people.ts';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { paths } from '#app/paths.ts';
import { memberRoles } from '#db/enums.ts';
import { reachOf } from '#lib/services/context.ts';
import { assignableCustomers } from '#lib/services/members/assignable.ts';
import { whyNotGrant } from '../parts/why-not-grant.ts';
import { InviteForm } from './parts/invite-form.tsx';

export const metadata: Metadata = { title: texts.form.title };

export default async function InviteStaffPage() {
  const { role } = await viewer();
  const ctx = await requireContext();
  if ((await whyNot('members.manage')) !== null) notFound();
  const customers = await load(assignableCustomers(ctx));
  const mayAll = reachOf(ctx).customers === 'all';
  return (
    <>
      <TopBar crumbs={[{ label: texts.title, href: paths.staff() }, { label: texts.form.title }]} />
      <div className="grid grid-cols-1 gap-x-10 gap-y-8 px-4 py-5 sm:px-6 wide:grid-cols-[minmax(0,40rem)_minmax(0,22rem)]">
        <div>
          <h1 className="mb-5 text-xl font-semibold max-sm:sr-only">{texts.form.title}</h1>
          <InviteForm
            roles={memberRoles.map((name) => ({
              value: name,
              ...roleTexts[name],
              reason: whyNotGrant(role, name),
            }))}
            customers={customers}
            mayAll={mayAll}
          />
        </div>
        <section>
          <h2 className="mb-1.5 text-base font-semibold">{texts.form.whatHappens}</h2>
          <ol className="list-decimal space-y-1.5 pl-5 text-sm text-ink-2">
            {texts.form.steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </section>
      </div>
    </>
  );
}
