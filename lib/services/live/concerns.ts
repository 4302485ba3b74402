import type { LiveChange } from '#db/listen.ts';
import { type Reach, reaches } from '#lib/services/reach.ts';

/** Who listens: an open page belongs to one person of one MSP or customer. */
export interface LiveViewer {
  mspId: string;
  userId: string;
  /** `tid.oid` */
  subject: string;
  reach: Reach;
}

/** May this viewer hear of it? What is outside of the reach must not even be known to have moved. */
export function mayHear({ mspId, reach }: LiveViewer, change: LiveChange): boolean {
  if (change.topic === 'session' || change.topic === 'person') return false;
  if (change.mspId !== mspId) return false;
  if (change.tenantId === null) return reach.customers === 'all' && reach.mailboxes === 'all';
  // What names no mailbox is about a whole customer, and not for the owner of one mailbox.
  if (change.mailboxId === null) {
    return reach.mailboxes === 'all' && reaches(reach, { tenantId: change.tenantId });
  }
  return reaches(reach, { tenantId: change.tenantId, mailboxId: change.mailboxId });
}

/** Did what this viewer may do change? Then the stream ends, and whoever comes back is asked anew. */
export function endsStream(viewer: LiveViewer, change: LiveChange): boolean {
  if (change.topic === 'session') return change.id === viewer.userId;
  if (change.topic !== 'person') return false;
  if (change.id === viewer.subject) return true;
  const { customers } = viewer.reach;
  return change.tenantId !== null && customers !== 'all' && customers.includes(change.tenantId);
}
