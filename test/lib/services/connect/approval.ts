import { newId, newToken } from '#lib/core/ids.ts';
import { acceptConsent } from '#lib/services/connect/accept.ts';
import { beginConsent } from '#lib/services/connect/begin.ts';
import type { ConnectContext } from '#lib/services/connect/consent.ts';
import { addCustomer } from '#lib/services/customers/add.ts';
import type { World } from '#test/kit/msp.ts';

/** A customer's administrator in one browser, as far as the services see them. */
export interface Administrator {
  tid: string;
  subject: string;
  administrator: boolean;
  browserNonce: string;
}

export function createAdministrator(tid = newId()): Administrator {
  return { tid, subject: `${tid}.${newId()}`, administrator: true, browserNonce: newToken() };
}

export function connectContext(world: World): ConnectContext {
  return {
    ...world.open,
    consent: {
      loginUrl: 'https://login.example',
      graphUrl: 'https://graph.example',
      portalUrl: 'https://portal.example',
      clientIds: { backup: 'backup-client', restore: 'restore-client' },
    },
  };
}

/** From "Add customer" up to the moment the browser is at Microsoft. */
export async function sendToMicrosoft(world: World, admin: Administrator, name = 'Contoso') {
  const issued = await addCustomer(world.as('technician'), { name });
  return { ...issued, state: await continueToMicrosoft(world, admin, issued.linkUrlToken) };
}

export async function continueToMicrosoft(
  world: World,
  admin: Administrator,
  token: string,
): Promise<string> {
  const { subject, administrator, browserNonce } = admin;
  const { redirectTo } = await beginConsent(connectContext(world), {
    token,
    subject,
    administrator,
    browserNonce,
  });
  return new URL(redirectTo).searchParams.get('state')!;
}

/** The way back, approved. */
export function comeBack(
  world: World,
  admin: Administrator,
  state: string,
  more: Partial<Parameters<typeof acceptConsent>[1]> = {},
) {
  return acceptConsent(connectContext(world), {
    state,
    tenantClaim: admin.tid,
    error: null,
    subject: admin.subject,
    administrator: admin.administrator,
    browserNonce: admin.browserNonce,
    ...more,
  });
}
