import type { MailboxState, RestoreAction, RestoreItemState, RestoreState } from '#db/enums.ts';
import type { Destination } from '#db/schema/restores.ts';

/** What a plan counts, and what it does with the items that it counts so. */
export const planParts = ['write', 'present', 'changed', 'cannot'] as const;
export type PlanPart = (typeof planParts)[number];
export const actionsOf: Record<PlanPart, readonly RestoreAction[]> = {
  write: ['write', 'copy', 'replace'],
  present: ['skip-present'],
  changed: ['skip-changed'],
  cannot: ['cannot'],
};

/** What was not put back and should have been. */
export const problemStates = ['failed', 'differs'] as const satisfies readonly RestoreItemState[];

/** What is in the mailbox because of it; also what is there and is not as it was. */
export const writtenStates = [
  'written',
  'verified',
  'differs',
] as const satisfies readonly RestoreItemState[];

export function canExecute(state: RestoreState): boolean {
  return state === 'planned';
}

export function canCancelRestore(state: RestoreState): boolean {
  return state === 'draft' || state === 'planning' || state === 'planned' || isAtWork(state);
}

/** Executing: something may be on its way to Microsoft. */
export function isAtWork(state: RestoreState): boolean {
  return state === 'running' || state === 'verifying';
}

/** A plan is a look at the target mailbox, and looks age. */
export const planLifeMs = 60 * 60_000;

export function isPlanFresh(plannedAt: Date | null, now: Date): boolean {
  return plannedAt !== null && now.getTime() - plannedAt.getTime() <= planLifeMs;
}

/** The mailbox that is written into. */
export function targetOf(wish: { mailboxId: string; destination: Destination }): string {
  return wish.destination.kind === 'mailbox' ? wish.destination.mailboxId : wish.mailboxId;
}

/** Why a mailbox cannot be restored into; null when it can. */
export function targetRefusal(name: string, state: MailboxState): string | null {
  if (state === 'sealed') {
    return `${name} is gone at Microsoft, so nothing can be written there. Choose another mailbox as the target.`;
  }
  if (state === 'erased') return `${name} was erased. Choose another mailbox as the target.`;
  return null;
}

/** Why nothing can be written at a customer that has left. */
export function disconnectedRefusal(name: string): string {
  return `${name} was disconnected, so nothing can be written there. Its copies can still be read, searched and exported. Connect it again to restore.`;
}

export const restoreAppMissing =
  'The restore app is not approved by this customer yet. Send its administrator a link for the restore app, then try again.';
