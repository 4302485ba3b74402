import { cookies } from 'next/headers';
import { newToken } from '#lib/core/ids.ts';
import { portalDeps } from './deps.ts';

/** What ties an approval to the browser it started in, and leads back to the page of its link. */
export interface ConnectBrowser {
  nonce: string;
  token: string;
}

/** As long as a state lives, and a little. */
const lifeS = 30 * 60;

async function names(): Promise<{ secure: boolean; nonce: string; token: string }> {
  const { config } = await portalDeps();
  const secure = config.portalUrl.startsWith('https:');
  const prefix = secure ? '__Host-' : '';
  return { secure, nonce: `${prefix}connect-browser`, token: `${prefix}connect-link` };
}

/** `lax`, since Microsoft leads back with a plain link from another site. */
export async function rememberConnect(token: string): Promise<ConnectBrowser> {
  const { secure, ...name } = await names();
  const jar = await cookies();
  const nonce = newToken();
  const options = { httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge: lifeS } as const;
  jar.set(name.nonce, nonce, options);
  jar.set(name.token, token, options);
  return { nonce, token };
}

export async function rememberedConnect(): Promise<ConnectBrowser | null> {
  const name = await names();
  const jar = await cookies();
  const nonce = jar.get(name.nonce)?.value;
  const token = jar.get(name.token)?.value;
  return nonce && token ? { nonce, token } : null;
}
