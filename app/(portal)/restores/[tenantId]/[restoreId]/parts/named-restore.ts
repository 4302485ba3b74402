import type { MailboxState } from '#db/enums.ts';
import type { RestoreView } from '#lib/services/restores/view.ts';

/** A restore with the names people know its parts by. */
export interface NamedRestore extends RestoreView {
  tenantId: string;
  tenantName: string;
  /** Initials of the customer. */
  initials: string;
  mailboxName: string;
  mailboxState: MailboxState;
  targetMailboxName: string;
  /** Moment of the copy it takes from. */
  takenAt: Date | null;
}
