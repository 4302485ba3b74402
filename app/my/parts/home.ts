import { cache } from 'react';
import {
  type CustomerViewer,
  customerViewer,
  requireCustomerContext,
} from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { listMailboxes } from '#lib/services/mailboxes/list.ts';
import type { MailboxRow } from '#lib/services/mailboxes/view.ts';

export interface Home {
  viewer: CustomerViewer;
  ctx: ServiceContext;
  /** Those the viewer reaches: an owner their own (and its archive), an administrator all. */
  mailboxes: MailboxRow[];
  /** Of the viewer themselves; an administrator may have none. */
  own: MailboxRow | null;
  administers: boolean;
}

/** Who looks at a page under `/my`, and the mailboxes they reach; asked once for a page. */
export const home = cache(async (): Promise<Home> => {
  const viewer = await customerViewer();
  const ctx = await requireCustomerContext();
  const mailboxes = await load(listMailboxes(ctx, { tenantId: viewer.tenantId }));
  return {
    viewer,
    ctx,
    mailboxes,
    own: mailboxes.find(({ id }) => id === viewer.mailboxId) ?? null,
    administers: viewer.role === 'administrator',
  };
});
