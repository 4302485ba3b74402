import type { AuthOptions } from 'next-auth';
import type { Database } from '#db/client.ts';
import type { Clock } from '#lib/core/clock.ts';
import type { CloudConfig, EntraCredential } from '#lib/core/config.ts';
import type { Log } from '#lib/core/log.ts';
import { createAdapter, type SignedInUser } from './adapter.ts';
import { createEntraProvider } from './entra.ts';
import type { PortalSession } from './session.ts';

const sessionLifeS = 12 * 60 * 60;

export interface AuthDeps {
  db: Database;
  clock: Clock;
  log: Log;
  cloud: CloudConfig;
  signIn: EntraCredential;
  sessionSecret: string;
  /** Decides whether cookies are marked secure. */
  portalUrl: string;
  /**
   * True in the route that answers `/api/auth/callback/entra`, see `signingInPath`; false for
   * everything else, `getServerSession` above all.
   */
  signingIn?: boolean;
  /** What the browser of this request calls itself; kept with the session that begins. */
  browser?: string;
}

/** Is this the request that ends a sign-in? The route asks it to set `signingIn`. */
export function signingInPath(pathname: string): boolean {
  return pathname.endsWith('/callback/entra');
}

/**
 * Everything next-auth is told. It is a value and not a call, since next-auth's default export is
 * one thing in Next and another in plain Node: the route file calls it.
 */
export function authOptions(deps: AuthDeps): AuthOptions {
  const secure = deps.portalUrl.startsWith('https:');
  // By account, so that one sign-in can never lend its role to another's session.
  const administrators = new Map<string, boolean>();
  return {
    secret: deps.sessionSecret,
    adapter: createAdapter({
      db: deps.db,
      clock: deps.clock,
      signingIn: deps.signingIn ?? false,
      administrator: (subject) => administrators.get(subject) ?? false,
      browser: deps.browser ?? '',
    }),
    providers: [
      createEntraProvider({
        cloud: deps.cloud,
        signIn: deps.signIn,
        onProven: (who) => administrators.set(who.subject, who.administrator),
      }),
    ],
    session: {
      strategy: 'database',
      maxAge: sessionLifeS,
      // Never renewed: 12 hours after sign-in it ends.
      updateAge: sessionLifeS,
    },
    pages: { signIn: '/sign-in', error: '/sign-in' },
    useSecureCookies: secure,
    cookies: {
      sessionToken: {
        // `__Host-` ties it to this host and to https; without https no prefix is accepted.
        name: secure ? '__Host-holdfast.session' : 'holdfast.session',
        options: { httpOnly: true, sameSite: 'lax', path: '/', secure },
      },
    },
    callbacks: {
      session: ({ session, user }) => {
        const { id, subject, name, administrator, sessionId } = user as SignedInUser;
        const ours: PortalSession = {
          expires: session.expires,
          user: {
            userId: id,
            subject,
            displayName: name ?? '',
            administrator: administrator === true,
            sessionId: sessionId ?? '',
          },
        };
        return ours as unknown as typeof session;
      },
      // Only back into the portal; next-auth gives `url` as the browser sent it.
      redirect: ({ url, baseUrl }) => {
        const target = URL.canParse(url, baseUrl) ? new URL(url, baseUrl) : new URL(baseUrl);
        return target.origin === new URL(baseUrl).origin ? target.href : baseUrl;
      },
    },
    logger: {
      // Its details can hold codes and tokens; the name of what went wrong is enough.
      error: (code, details) =>
        deps.log.error('sign-in failed', undefined, { code, why: whyOf(details) }),
      warn: () => {},
      debug: () => {},
    },
  };
}

function whyOf(details: unknown): string {
  let current: unknown = details;
  if (!(current instanceof Error)) current = (details as { error?: unknown } | null)?.error;
  if (!(current instanceof Error)) return '';
  // next-auth wraps; what we threw ourselves keeps its sentence.
  return `${current.name}: ${current.message.split('\n')[0]?.slice(0, 200)}`;
}
