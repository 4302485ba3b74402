import { AppError } from '#lib/core/errors.ts';

/** Long enough for a holiday, short enough that a forgotten mail opens nothing. */
export const invitationLifeMs = 7 * 24 * 60 * 60_000;

export type InvitationState = 'open' | 'used' | 'revoked' | 'expired';

export function stateOf(
  row: { usedAt: Date | null; revokedAt: Date | null; expiresAt: Date },
  now: Date,
): InvitationState {
  if (row.usedAt !== null) return 'used';
  if (row.revokedAt !== null) return 'revoked';
  return row.expiresAt <= now ? 'expired' : 'open';
}

/** Every way an invitation does not let somebody in, in the words of who reads it. */
const sentences = {
  damaged: () => 'This invitation is not complete. Open the whole link, or ask for a new one.',
  expired: (msp: string) => `This invitation expired. Ask ${msp} for a new one.`,
  used: (msp: string) =>
    `This invitation was used already, by another account. Ask ${msp} for a new one.`,
  revoked: (msp: string) => `${msp} took this invitation back. Ask them for a new one.`,
  'personal-account': () =>
    'This is a personal Microsoft account. Use your work account; the invitation still works.',
  'other-organisation': (msp: string) =>
    `You signed in to another organisation than the invitation is for. Switch account, or ask ${msp}; the invitation still works.`,
  'other-account': (msp: string) =>
    `This invitation is for the owner of one mailbox, and you signed in with another account. Switch account, or ask ${msp}; the invitation still works.`,
  'not-connected': (msp: string) =>
    `Your organisation is not connected to ${msp} at the moment, so nobody can be let in. The invitation still works.`,
  'switched-off': (msp: string) =>
    `${msp} has not switched this on for your organisation. The invitation works once they have.`,
  'already-in': () => 'This account was let in before. The invitation still works for another one.',
  'works-elsewhere': () =>
    'This account works for another provider already. Use another account; the invitation still works.',
  'turned-away': (msp: string) =>
    `${msp} let this account in no more after the invitation was made. Ask them for a new one; this one still works for another account.`,
  'is-staff': () =>
    'This account works for a provider already, so it has its place there. Use another account; the invitation still works.',
} as const;

export type InvitationRefusal = keyof typeof sentences;

/** What the person reads, with a name for programs in `data.reason`. */
export function refuse(reason: InvitationRefusal, mspName = 'your provider'): AppError {
  const code =
    reason === 'damaged'
      ? 'not-found'
      : reason === 'expired' || reason === 'revoked'
        ? 'expired'
        : 'conflict';
  return new AppError(code, sentences[reason](mspName), { data: { reason } });
}
