import type { Metadata } from 'next';
import { reading } from '#app/_server/viewer.ts';
import { createWords } from '#app/_ui/words.ts';
import { ConnectionFacts } from '../../parts/connection-facts.tsx';
import { theCustomer } from '../../parts/customer.ts';

export const metadata: Metadata = { title: 'Connection of a customer' };

export default async function ConnectionPage({
  params,
}: {
  params: Promise<{ tenantId: string }>;
}) {
  const { tenantId } = await params;
  const customer = await theCustomer(tenantId);
  const { zone, now } = await reading();
  return (
    <div className="max-w-160 px-4 py-4 sm:px-6">
      <ConnectionFacts customer={customer} words={createWords(zone, now)} />
    </div>
  );
}
