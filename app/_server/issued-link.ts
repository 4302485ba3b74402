import { cookies } from 'next/headers';
import { paths } from '#app/paths.ts';
import type { IssuedLink } from '#lib/services/customers/issue-link.ts';
import { portalDeps } from './deps.ts';

/**
 * A connect link is told once and only its hash is kept. So that the page which waits for it can
 * show it, this browser, and no other, holds it for ten minutes, for that page alone.
 */
const shownForS = 600;

async function issuedCookie(): Promise<{ name: string; secure: boolean }> {
  const { config } = await portalDeps();
  const secure = config.portalUrl.startsWith('https:');
  // It is for one path alone, which `__Host-` does not allow; over http no prefix is accepted.
  return { name: secure ? '__Secure-issued-link' : 'issued-link', secure };
}

export async function rememberLink(link: IssuedLink): Promise<void> {
  const { name, secure } = await issuedCookie();
  (await cookies()).set(name, link.linkUrlToken, {
    httpOnly: true,
    sameSite: 'strict',
    secure,
    path: paths.customerConnecting(link.tenantId),
    maxAge: shownForS,
  });
}

/** The address to send, while this browser may still show it. */
export async function rememberedLink(): Promise<string | null> {
  const token = (await cookies()).get((await issuedCookie()).name)?.value;
  if (!token) return null;
  const { config } = await portalDeps();
  return `${config.portalUrl}${paths.connect(token)}`;
}
