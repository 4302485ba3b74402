/** Who is signed in; whether they may do anything is a question of membership. */
export interface SignedIn {
  userId: string;
  /** `tid.oid` */
  subject: string;
  displayName: string;
  /** Held a role that may consent for the whole organisation when this session began. */
  administrator: boolean;
  /** Names this session in the list of sessions; opens nothing. */
  sessionId: string;
}

/** What `callbacks.session` of `nextauth.ts` puts into a session. */
export interface PortalSession {
  user: SignedIn;
  expires: string;
}

/**
 * Reads the session next-auth gives a page or a route.
 * @returns null when nobody is signed in, or the session is not one of ours
 */
export function signedInOf(session: unknown): SignedIn | null {
  const user = (session as { user?: Partial<SignedIn> } | null)?.user;
  if (typeof user?.userId !== 'string' || typeof user.subject !== 'string') return null;
  return {
    userId: user.userId,
    subject: user.subject,
    displayName: user.displayName ?? '',
    administrator: user.administrator === true,
    sessionId: user.sessionId ?? '',
  };
}
