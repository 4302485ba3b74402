import { cookies } from 'next/headers';
import { paths } from '#app/paths.ts';
import type { IssuedLink } from '#lib/services/customers/issue-link.ts';
import { portalDeps } from './deps.ts';

/**
 * A connect link is told once and only its hash is kept. So that the page which waits for it can
 * show it, this browser, and no other, holds it for ten minutes, for that page alone.
 */
const cookieName = 'issued-link';
const shownForS = 600;

export async function rememberLink(link: IssuedLink): Promise<void> {
  const { config } = await portalDeps();
  (await cookies()).set(cookieName, link.linkUrlToken, {
    httpOnly: true,
    sameSite: 'strict',
    secure: config.portalUrl.startsWith('https:'),
    path: paths.customerConnecting(link.tenantId),
    maxAge: shownForS,
  });
}

/** The address to send, while this browser may still show it. */
export async function rememberedLink(): Promise<string | null> {
  const token = (await cookies()).get(cookieName)?.value;
  if (!token) return null;
  const { config } = await portalDeps();
  return `${config.portalUrl}${paths.connect(token)}`;
}
