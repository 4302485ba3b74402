import { myTexts } from '#app/_texts/my.ts';
import type { FindForm } from './find-form.tsx';
import type { Home } from './home.ts';

type Place = Parameters<typeof FindForm>[0]['place'];

/**
 * Whose mail is looked through: an owner's own, or its archive where there is one; for an administrator every
 * mailbox of the organisation, or the one they choose.
 */
export function findPlace({ administers, mailboxes, viewer, own }: Home, chosen = ''): Place {
  if (!administers && mailboxes.length < 2) return { fixed: own?.id ?? '' };
  const { everywhere, archive } = myTexts.find;
  return {
    all: administers ? everywhere(viewer.customerName) : null,
    options: mailboxes.map(({ id, name, kind }) => ({
      id,
      name: kind === 'archive' ? archive(name) : name,
    })),
    chosen: chosen || (administers ? '' : (own?.id ?? '')),
  };
}
