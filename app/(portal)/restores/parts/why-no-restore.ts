import { whyNot } from '#app/_server/context.ts';
import { restoreTexts } from '#app/_texts/restores.ts';
import type { TenantState } from '#db/enums.ts';
import { disconnectedRefusal } from '#lib/services/restores/rules.ts';

/** Why whoever looks can put nothing back at this customer; null when they can. */
export async function whyNoRestore(customer: {
  name: string;
  state: TenantState;
}): Promise<string | null> {
  const refused = await whyNot('restores.run');
  if (refused !== null) return refused;
  if (customer.state === 'disconnected') return disconnectedRefusal(customer.name);
  return customer.state === 'connecting' ? restoreTexts.nothingYet : null;
}
