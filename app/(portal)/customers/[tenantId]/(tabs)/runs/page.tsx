import type { Metadata } from 'next';
import { requireContext } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { Section } from '#app/_ui/section.tsx';
import { createWords } from '#app/_ui/words.ts';
import { listRuns } from '#lib/services/runs/list.ts';
import { RunLines } from '../../../../runs/parts/run-lines.tsx';

export const metadata: Metadata = { title: 'Runs of a customer' };

export default async function CustomerRunsPage({
  params,
}: {
  params: Promise<{ tenantId: string }>;
}) {
  const { tenantId } = await params;
  const runs = await load(listRuns(await requireContext(), { tenantId, limit: 200 }));
  const { zone, now } = await reading();
  return (
    <div className="px-4 py-4 sm:px-6">
      <Section title="Runs" note="newest first">
        <RunLines tenantId={tenantId} runs={runs} words={createWords(zone, now)} />
      </Section>
    </div>
  );
}
