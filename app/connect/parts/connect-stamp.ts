import type { ConnectView } from '#lib/services/connect/view.ts';

/** Differs when a page about the link has something new to show. */
export function connectStamp(view: ConnectView): string {
  return [
    view.app,
    view.step,
    view.refusal?.code ?? '',
    view.openedAt?.getTime() ?? '',
    view.proofs.length,
    view.mailboxes ?? '',
    view.connected.length,
    view.expiresAt.getTime(),
  ].join(' ');
}
