import type { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { signedIn } from '#app/_server/context.ts';
import { authDeps, portalDeps } from '#app/_server/deps.ts';
import { answerPlainly } from '#app/_server/route.ts';
import { authOptions, signingInPath } from '#lib/auth/nextauth.ts';

interface Context {
  params: Promise<{ nextauth: string[] }>;
}

/** What next-auth looks a session up for, whoever asks. */
const ofSession = /\/(session|signout)$/;

async function handler(request: NextRequest, context: Context): Promise<Response> {
  const { pathname } = request.nextUrl;
  const deps = authDeps(await portalDeps());
  const browser = request.headers.get('user-agent') ?? '';
  const signingIn = signingInPath(pathname);
  return answerPlainly(async () => {
    // Asked by us first, who do not do it for strangers without an end.
    if (ofSession.test(pathname)) await signedIn();
    return await NextAuth(request, context, authOptions({ ...deps, signingIn, browser }));
  });
}

export { handler as GET, handler as POST };
