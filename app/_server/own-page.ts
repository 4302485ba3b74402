import { AppError } from '#lib/core/errors.ts';

/**
 * For answers to GET that leave a trace: pages of others may link to them, and get nothing. Browsers
 * tell where a request comes from; what tells nothing is no browser that a foreign page could use.
 */
export function requireOwnPage(request: Request, destination?: 'iframe'): void {
  const site = request.headers.get('sec-fetch-site');
  const foreign = site !== null && site !== 'same-origin' && site !== 'none';
  const as = request.headers.get('sec-fetch-dest');
  if (foreign || (destination !== undefined && as !== null && as !== destination)) {
    throw new AppError('not-found', 'Nothing with this id exists here.');
  }
}
