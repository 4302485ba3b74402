import { type NextRequest, NextResponse } from 'next/server';
import { readPortalConfig } from '#lib/core/config.ts';
import { newToken } from '#lib/core/ids.ts';

/**
 * Security headers, and a look at where a mutation comes from; who may see or do what is decided by
 * the verbs. Each answer gets a nonce of its own, which Next puts on its scripts; nothing inline
 * runs without it.
 */
export function proxy(request: NextRequest): NextResponse {
  if (isForeignMutation(request)) {
    return new NextResponse('This was not sent by a page of the portal. Nothing was changed.', {
      status: 403,
      headers: { 'cache-control': 'no-store', 'content-type': 'text/plain; charset=utf-8' },
    });
  }
  const nonce = newToken();
  const policy = contentPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set('x-nonce', nonce);
  headers.set('content-security-policy', policy);
  const response = NextResponse.next({ request: { headers } });
  if (!mailFrame.test(request.nextUrl.pathname)) {
    response.headers.set('content-security-policy', policy);
    response.headers.set('x-frame-options', 'DENY');
    response.headers.set('referrer-policy', 'same-origin');
    response.headers.set('cache-control', 'no-store');
  }
  response.headers.set('x-content-type-options', 'nosniff');
  response.headers.set('cross-origin-opener-policy', 'same-origin');
  response.headers.set('permissions-policy', 'camera=(), geolocation=(), microphone=()');
  if (portal().https) {
    response.headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains');
  }
  return response;
}

/** Formatted mail has a narrower policy of its own, and is the one thing that our pages frame. */
const mailFrame = /^\/api\/mail\/[^/]+\/html\/[^/]+$/;

export const config = { matcher: ['/((?!_next/static|_next/image|icon.svg).*)'] };

/**
 * Browsers name the origin with everything that is not a plain read. Programs with a key of the API
 * name none and carry no cookie; what they send is opened by the key alone.
 */
function isForeignMutation({ method, headers, nextUrl }: NextRequest): boolean {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return false;
  if (nextUrl.pathname.startsWith('/api/v1/')) return false;
  // Stripe signs what it sends; nothing else makes it count.
  if (nextUrl.pathname === '/api/webhooks/stripe') return false;
  return headers.get('origin') !== portal().origin;
}

interface Portal {
  loginOrigin: string;
  /** Where Stripe's own pages are, with a space between; empty where nobody is billed. */
  paymentOrigins: string;
  origin: string;
  https: boolean;
}

let known: Portal | undefined;

/** Read at the first request: `next build` loads this file without an environment. */
function portal(): Portal {
  if (known === undefined) {
    const { cloud, portalUrl, stripe } = readPortalConfig();
    known = {
      loginOrigin: new URL(cloud.loginUrl).origin,
      paymentOrigins: stripe === null ? '' : paymentOrigins(stripe.apiUrl),
      origin: new URL(portalUrl).origin,
      https: portalUrl.startsWith('https:'),
    };
  }
  return known;
}

/** Stripe's pages have hosts of their own; what stands in for Stripe has one for everything. */
function paymentOrigins(apiUrl: string): string {
  const { origin } = new URL(apiUrl);
  return origin === 'https://api.stripe.com'
    ? 'https://checkout.stripe.com https://billing.stripe.com'
    : origin;
}

function contentPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    // React puts `display:none` on what it streams for the inside of an SVG; nothing else has this hash.
    "style-src-attr 'unsafe-hashes' 'sha256-aqNNdDLnnrDOnTNdkJpYlAxKVJtLt9CtFLklmInuUAE='",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    // The worker that holds the one live stream of a browser.
    "worker-src 'self'",
    // Formatted mail has a frame of its own, without origin and with a policy of its own.
    "frame-src 'self'",
    "manifest-src 'self'",
    // Forms that lead to sign-in, consent or payment are redirected there, and browsers check the whole way.
    `form-action 'self' ${portal().loginOrigin} ${portal().paymentOrigins}`.trimEnd(),
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');
}
