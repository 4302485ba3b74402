import { myTexts } from '#app/_texts/my.ts';
import type { FindForm } from './find-form.tsx';
import type { Home } from './home.ts';

type Place = Parameters<typeof FindForm>[0]['place'];

/**
 * Whose mail is looked through: an owner's own, its archive with it; for an administrator every
 * mailbox of the organisation, or the one they choose.
 */
export function findPlace({ administers, mailboxes, viewer }: Home, chosen = ''): Place {
  if (!administers) return { fixed: '' };
  return {
    all: myTexts.find.everywhere(viewer.customerName),
    options: mailboxes.map(({ id, name }) => ({ id, name })),
    chosen,
  };
}
