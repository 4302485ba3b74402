import type { Metadata } from 'next';
import { requireContext } from '#app/_server/context.ts';
import { Card } from '#app/_ui/section.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { paths } from '#app/paths.ts';
import { AddForm } from './parts/add-form.tsx';

export const metadata: Metadata = { title: 'Add customer' };

export default async function NewCustomerPage() {
  await requireContext();
  return (
    <>
      <TopBar
        crumbs={[{ label: 'Customers', href: paths.customers() }, { label: 'Add customer' }]}
      />
      <div className="grid content-start gap-10 px-4 py-5 sm:px-6 wide:grid-cols-[minmax(0,40rem)_24rem]">
        <div>
          <h1 className="text-xl font-semibold">Add customer</h1>
          <p className="mt-1 mb-6 text-ink-2">
            You get a link for the customer's administrator. They approve once; the first backup
            starts by itself.
          </p>
          <AddForm />
        </div>
        <Card title="What happens next">
          <ol className="list-decimal space-y-2 pl-4 text-sm text-ink-2 marker:text-ink-3">
            <li>You send the link. It works once and for a short time.</li>
            <li>The administrator signs in at Microsoft and approves reading.</li>
            <li>Each permission is proved by using it once.</li>
            <li>The mailboxes are counted, and the first backup starts.</li>
          </ol>
        </Card>
      </div>
    </>
  );
}
