import { newId } from '#lib/core/ids.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { acceptInvitation } from '#lib/services/invitations/accept.ts';
import { invitePerson } from '#lib/services/invitations/invite-person.ts';
import { listPeople } from '#lib/services/people/list.ts';
import { setSelfService } from '#lib/services/people/set-self-service.ts';
import { peopleOf, tenantNamed } from './demo-customer.ts';
import type { HouseServices } from './services.ts';
import type { StandInFacts } from './stand-in.ts';

/**
 * Lets the people of Contoso in: everybody to their own mailbox, its administrator to all of them.
 * Done once; what staff change about it afterwards stays.
 */
export async function letDemoPeopleIn(
  services: HouseServices,
  ctx: ServiceContext,
  facts: StandInFacts,
  tenantId: string,
): Promise<void> {
  const { mode, people } = await listPeople(ctx, { tenantId });
  if (mode !== 'off' || people.length > 0) return;
  await setSelfService(ctx, { tenantId, mode: 'everyone' });
  const { administrator } = peopleOf(facts);
  const { tid, accounts } = tenantNamed(facts, 'Contoso');
  const account = accounts.find(({ name }) => name === administrator);
  if (account === undefined) return;
  const { token } = await invitePerson(ctx, {
    tenantId,
    name: administrator,
    role: 'administrator',
  });
  // The link is for a browser; here it is opened for the one account that the demo has in mind.
  await acceptInvitation(services.open, token, {
    userId: newId(),
    subject: `${tid}.${account.oid}`,
    displayName: account.name,
  });
}
