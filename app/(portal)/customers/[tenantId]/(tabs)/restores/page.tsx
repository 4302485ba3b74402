import type { Metadata } from 'next';
import Link from 'next/link';
import { requireContext } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { customerTexts as texts } from '#app/_texts/customer.ts';
import { Section } from '#app/_ui/section.tsx';
import { paths } from '#app/paths.ts';
import { listAllRestores } from '#lib/services/restores/list-all.ts';
import { RestoreTable } from '../../../../restores/parts/restore-table.tsx';
import { theCustomer } from '../../parts/customer.ts';

export const metadata: Metadata = { title: texts.titles.restores };

const shown = 50;

/** The newest restores of the customer; the list of all of them goes on, and has the downloads. */
export default async function CustomerRestoresPage({
  params,
}: {
  params: Promise<{ tenantId: string }>;
}) {
  const { tenantId } = await params;
  await theCustomer(tenantId);
  const restores = await load(listAllRestores(await requireContext(), { tenantId, limit: shown }));
  const narrowed = { customer: tenantId };
  return (
    <div className="py-4">
      <div className="px-4 sm:px-6">
        <Section
          title={texts.tabs.restores}
          note={texts.newestFirst}
          act={
            <Link href={paths.restores(narrowed)} prefetch={false} className="quiet-link">
              {texts.allRestores}
            </Link>
          }
        >
          {restores.length === 0 ? <p className="text-sm text-ink-2">{texts.noRestores}</p> : null}
        </Section>
      </div>
      {restores.length > 0 ? <RestoreTable rows={restores} narrowed={narrowed} /> : null}
    </div>
  );
}
