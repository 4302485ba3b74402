import type { NextRequest } from 'next/server';
import { rememberedConnect } from '#app/_server/connect-browser.ts';
import { signedIn } from '#app/_server/context.ts';
import { connectContext, portalDeps } from '#app/_server/deps.ts';
import { askAsStranger } from '#app/_server/strangers.ts';
import { paths } from '#app/paths.ts';
import { isAppError } from '#lib/core/errors.ts';
import { acceptConsent } from '#lib/services/connect/accept.ts';
import { isRefusalCode } from '#lib/services/connect/refusals.ts';

/**
 * The way back from Microsoft's approval page. What it says is only handed to the verb; the page of
 * the link shows how it went. A return that belongs to no link of this browser gets a code to show.
 */
export async function GET(request: NextRequest): Promise<Response> {
  const { config } = await portalDeps();
  const query = request.nextUrl.searchParams;
  const to = (path: string) => Response.redirect(`${config.portalUrl}${path}`, 303);
  const browser = await rememberedConnect();
  const user = await signedIn();
  if (browser === null || user === null) return to(paths.connectStopped('other-browser'));

  try {
    const ctx = await connectContext();
    const state = query.get('state') ?? '';
    const back = {
      state,
      tenantClaim: query.get('tenant'),
      error: query.get('error'),
      errorDescription: query.get('error_description')?.slice(0, 4000) ?? null,
      subject: user.subject,
      administrator: user.administrator,
      browserNonce: browser.nonce,
    };
    const { refusal } = await askAsStranger(state, () => acceptConsent(ctx, back));
    // The link itself tells refusals that changed it; the others are told by their code.
    return to(paths.connect(browser.token, refusal?.code));
  } catch (err) {
    const code = isAppError(err, 'consent.refused') ? String(err.data.refusal) : '';
    if (!isAppError(err)) (await portalDeps()).log.error('a return from consent failed', err);
    return to(paths.connectStopped(isRefusalCode(code) ? code : 'damaged'));
  }
}
