import { randomBytes } from 'node:crypto';

export interface ImportSession {
  appId: string;
  exchangeId: string;
  expires: number;
}

/** Sessions live in memory only: after a restart a client has to open a new one. */
export class ImportSessions {
  readonly #sessions = new Map<string, ImportSession>();
  readonly #lifeMs: number;

  constructor(lifeMs: number) {
    this.#lifeMs = lifeMs;
  }

  open(appId: string, exchangeId: string): { token: string; session: ImportSession } {
    const token = randomBytes(32).toString('base64url');
    const session = { appId, exchangeId, expires: Date.now() + this.#lifeMs };
    this.#sessions.set(token, session);
    return { token, session };
  }

  find(token: string | null): ImportSession | null {
    const session = this.#sessions.get(token ?? '');
    return session && session.expires > Date.now() ? session : null;
  }

  /** Every session ends now. */
  endAll(): void {
    this.#sessions.clear();
  }
}
