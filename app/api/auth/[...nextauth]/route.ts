import type { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { authDeps, portalDeps } from '#app/_server/deps.ts';
import { authOptions, signingInPath } from '#lib/auth/nextauth.ts';

async function handler(
  request: NextRequest,
  context: { params: Promise<{ nextauth: string[] }> },
): Promise<Response> {
  const deps = authDeps(await portalDeps());
  const signingIn = signingInPath(request.nextUrl.pathname);
  const browser = request.headers.get('user-agent') ?? '';
  return await NextAuth(request, context, authOptions({ ...deps, signingIn, browser }));
}

export { handler as GET, handler as POST };
