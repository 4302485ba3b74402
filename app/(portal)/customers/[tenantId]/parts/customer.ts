import { cache } from 'react';
import { requireContext } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { connectStatus } from '#lib/services/connect/status.ts';
import { getCustomer } from '#lib/services/customers/get.ts';

/** The customer of the address; asked for once, whichever parts of a page show it. */
export const theCustomer = cache(async (tenantId: string) =>
  load(getCustomer(await requireContext(), { tenantId })),
);

/** How its newest link stands; null without one. */
export const theLink = cache(async (tenantId: string) =>
  load(connectStatus(await requireContext(), { tenantId })),
);
