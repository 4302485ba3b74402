import type { Metadata } from 'next';
import { requireContext } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { Chip } from '#app/_ui/chip.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { createWords } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { getCustomer } from '#lib/services/customers/get.ts';
import { listRuns } from '#lib/services/runs/list.ts';
import { RunLines } from '../parts/run-lines.tsx';

export const metadata: Metadata = { title: 'Runs of a customer' };

export default async function CustomerRunsPage({
  params,
}: {
  params: Promise<{ tenantId: string }>;
}) {
  const { tenantId } = await params;
  const ctx = await requireContext();
  const [customer, runs] = await load(
    Promise.all([getCustomer(ctx, { tenantId }), listRuns(ctx, { tenantId, limit: 200 })]),
  );
  const { zone, now } = await reading();
  return (
    <>
      <TopBar
        crumbs={[
          { label: 'Runs', href: paths.runs() },
          { label: customer.name, href: paths.customer(tenantId) },
          { label: 'All runs' },
        ]}
        chip={customer.initials}
        title={customer.name}
      />
      <div className="px-4 py-4 sm:px-6">
        <div className="mb-4 flex items-center gap-4">
          <Chip text={customer.initials} />
          <h1 className="text-xl font-semibold">Runs of {customer.name}</h1>
        </div>
        <RunLines tenantId={tenantId} runs={runs} words={createWords(zone, now)} />
      </div>
    </>
  );
}
