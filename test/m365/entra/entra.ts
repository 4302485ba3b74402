import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { readForm } from '../http/body.ts';
import type { Reply } from '../http/reply.ts';
import type { Identity } from '../tls/identity.ts';
import { Authorize, type PageAnswer } from './authorize.ts';
import { ClientProof } from './client-proof.ts';
import { adminConsent } from './consent.ts';
import { type Directory, isShared } from './directory.ts';
import { discoveryDocument, instanceDocument } from './discovery.ts';
import { EntraFailure, failureBody } from './failures.ts';
import { TokenSigner } from './jwt.ts';
import { issueToken, type TokenEndpoint } from './token.ts';

/** Sign-in and consent: everything that is not Graph. */
export class Entra {
  readonly signer: TokenSigner;
  readonly #endpoint: TokenEndpoint;

  constructor(base: string, directory: Directory, identity: Identity, tokenSeconds: number) {
    const { tokenKey } = identity;
    const digest = createHash('sha256').update(tokenKey.export({ type: 'pkcs8', format: 'der' }));
    this.signer = new TokenSigner(tokenKey, digest.digest('base64url').slice(0, 27));
    this.#endpoint = {
      base,
      directory,
      authorize: new Authorize(directory),
      proof: new ClientProof(),
      signer: this.signer,
      tokenSeconds,
    };
  }

  /** False where the path belongs to somebody else. */
  async handle(req: IncomingMessage, url: URL, reply: Reply): Promise<boolean> {
    const { base, directory } = this.#endpoint;
    const match = /^\/([\w.-]+)\/(.+)$/.exec(url.pathname);
    if (!match) return false;
    const [, authority = '', route] = match;
    const method = req.method ?? 'GET';
    if (route === 'v2.0/.well-known/openid-configuration' && method === 'GET') {
      const organisation = directory.organisation(authority);
      if (!organisation && !isShared(authority)) {
        await reply.json(
          400,
          failureBody(
            new EntraFailure(90002, 'invalid_tenant', `Tenant '${authority}' not found.`),
          ),
        );
      } else {
        await reply.json(200, discoveryDocument(base, authority, organisation?.tid ?? null));
      }
    } else if (route === 'discovery/v2.0/keys' && method === 'GET') {
      await reply.json(200, this.signer.jwks());
    } else if (route === 'discovery/instance' && method === 'GET') {
      await reply.json(200, instanceDocument(base));
    } else if (route === 'oauth2/v2.0/token' && method === 'POST') {
      await this.#token(req, authority, reply);
    } else if (route === 'oauth2/v2.0/authorize') {
      const params = await parameters(req, url);
      await show(reply, this.#endpoint.authorize.answer(authority, params));
    } else if (route === 'v2.0/adminconsent') {
      await show(reply, adminConsent(directory, 2, authority, await parameters(req, url)));
    } else if (route === 'adminconsent') {
      await show(reply, adminConsent(directory, 1, authority, await parameters(req, url)));
    } else {
      return false;
    }
    return true;
  }

  async #token(req: IncomingMessage, authority: string, reply: Reply): Promise<void> {
    const correlation = String(req.headers['client-request-id'] ?? randomUUID());
    reply.header('Cache-Control', 'no-store');
    reply.header('x-ms-request-id', reply.requestId);
    reply.header('client-request-id', correlation);
    try {
      const form = withBasic(await readForm(req), req.headers.authorization);
      await reply.json(200, issueToken(this.#endpoint, authority, form));
    } catch (err) {
      if (!(err instanceof EntraFailure)) throw err;
      await reply.json(err.status, failureBody(err, correlation));
    }
  }
}

/** Client id and secret may come in the Authorization header instead of the form. */
function withBasic(form: URLSearchParams, header: string | undefined): URLSearchParams {
  const encoded = /^Basic (\S+)$/i.exec(header ?? '')?.[1];
  if (!encoded) return form;
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  if (!form.has('client_id')) form.set('client_id', decodeURIComponent(id));
  if (!form.has('client_secret')) form.set('client_secret', decodeURIComponent(secret));
  return form;
}

/** The address and the form together; the form wins. */
async function parameters(req: IncomingMessage, url: URL): Promise<URLSearchParams> {
  const params = new URLSearchParams(url.search);
  if (req.method === 'POST') {
    for (const [name, value] of await readForm(req)) params.set(name, value);
  }
  return params;
}

async function show(reply: Reply, answer: PageAnswer): Promise<void> {
  if ('location' in answer) await reply.redirect(answer.location);
  else await reply.html(answer.status, answer.page);
}
