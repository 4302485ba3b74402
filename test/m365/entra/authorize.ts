import { createHash, randomBytes } from 'node:crypto';
import type { Directory } from './directory.ts';
import { isShared } from './directory.ts';
import { describe, EntraFailure } from './failures.ts';
import type { Account, AppRegistration, Organisation } from './organisations.ts';
import { accountPage, faultPage, formPostPage } from './pages.ts';

/** What a code stands for until it is redeemed. */
export interface Grant {
  app: AppRegistration;
  organisation: Organisation;
  account: Account;
  redirectUri: string;
  scope: string;
  nonce: string | null;
  challenge: string | null;
  expires: number;
}

export type PageAnswer = { status: number; page: string } | { location: string };

const codeMs = 10 * 60_000;
/** Parameters that travel through the page in hidden fields. */
const carried = [
  'client_id',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'prompt',
];

/** The sign-in page. It remembers no session: somebody has to be chosen every time. */
export class Authorize {
  readonly #directory: Directory;
  readonly #grants = new Map<string, Grant>();

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  answer(authority: string, params: URLSearchParams): PageAnswer {
    const client = params.get('client_id') ?? '';
    const app = this.#directory.app(client);
    if (!app) return fault(700016, `Application with identifier '${client}' was not found.`);
    const redirectUri = params.get('redirect_uri') ?? '';
    if (!app.redirectUris.includes(redirectUri)) {
      return fault(50011, redirectMismatch(app, redirectUri));
    }
    if (!isShared(authority) && !this.#directory.organisation(authority)) {
      return fault(90002, `Tenant '${authority}' was not found.`);
    }
    const problem = faultIn(params);
    if (problem) return this.#back(params, failed(problem));
    if (params.get('cancel')) {
      return this.#back(
        params,
        failed(
          new EntraFailure(65004, 'access_denied', 'User declined to consent to access the app.'),
        ),
      );
    }
    if (params.get('prompt') === 'none') {
      return this.#back(
        params,
        failed(
          new EntraFailure(
            50058,
            'login_required',
            'A silent sign-in request was sent but no user is signed in.',
          ),
        ),
      );
    }
    const accounts = this.#directory.accountsAt(authority);
    const oid = params.get('account');
    if (oid === null) {
      const fields = carried.flatMap((name): Array<[string, string]> => {
        const value = params.get(name);
        return value === null ? [] : [[name, value]];
      });
      return { status: 200, page: accountPage(accounts, fields) };
    }
    const chosen = accounts.find(({ account }) => account.oid === oid);
    if (!chosen) return fault(50020, `The account '${oid}' does not exist in this organisation.`);
    const code = randomBytes(32).toString('base64url');
    this.#grants.set(code, {
      ...chosen,
      app,
      redirectUri,
      scope: params.get('scope') ?? '',
      nonce: params.get('nonce'),
      challenge: params.get('code_challenge'),
      expires: Date.now() + codeMs,
    });
    return this.#back(params, [
      ['code', code],
      ['session_state', createHash('sha256').update(code).digest('hex').slice(0, 32)],
    ]);
  }

  /**
   * Redeems a code, once.
   * @throws EntraFailure
   */
  redeem(app: AppRegistration, form: URLSearchParams): Grant {
    const grant = this.#grants.get(form.get('code') ?? '');
    this.#grants.delete(form.get('code') ?? '');
    if (!grant || grant.app.clientId !== app.clientId) {
      throw new EntraFailure(
        9002313,
        'invalid_grant',
        'The code is not known, or was redeemed before.',
      );
    }
    if (grant.expires < Date.now()) {
      throw new EntraFailure(
        70008,
        'invalid_grant',
        'The provided authorization code has expired.',
      );
    }
    if (form.get('redirect_uri') !== grant.redirectUri) {
      throw new EntraFailure(
        500112,
        'invalid_grant',
        'The redirect address does not match the one of the authorization.',
      );
    }
    const verifier = form.get('code_verifier');
    if (grant.challenge === null ? verifier !== null : verifier === null) {
      throw new EntraFailure(
        50148,
        'invalid_grant',
        'A code_verifier must be sent exactly when a code_challenge was.',
      );
    }
    if (
      verifier !== null &&
      createHash('sha256').update(verifier).digest('base64url') !== grant.challenge
    ) {
      throw new EntraFailure(
        501481,
        'invalid_grant',
        'The code_verifier does not match the code_challenge.',
      );
    }
    return grant;
  }

  #back(params: URLSearchParams, answer: Array<[string, string]>): PageAnswer {
    const state = params.get('state');
    const fields = state === null ? answer : [...answer, ['state', state] as [string, string]];
    const target = new URL(params.get('redirect_uri')!);
    if (params.get('response_mode') === 'form_post') {
      return { status: 200, page: formPostPage(target.href, fields) };
    }
    for (const [name, value] of fields) target.searchParams.set(name, value);
    return { location: target.href };
  }
}

function faultIn(params: URLSearchParams): EntraFailure | null {
  if (params.get('response_type') !== 'code') {
    return new EntraFailure(
      700054,
      'unsupported_response_type',
      "Only response_type 'code' is enabled for the application.",
    );
  }
  if (!(params.get('scope') ?? '').split(' ').includes('openid')) {
    return new EntraFailure(900144, 'invalid_request', "The scope must contain 'openid'.");
  }
  if (params.has('code_challenge') && params.get('code_challenge_method') !== 'S256') {
    return new EntraFailure(501491, 'invalid_request', "The code_challenge_method must be 'S256'.");
  }
  return null;
}

function failed(failure: EntraFailure): Array<[string, string]> {
  return [
    ['error', failure.error],
    ['error_description', describe(failure)],
  ];
}

export function redirectMismatch(app: AppRegistration, redirectUri: string): string {
  return `The redirect URI '${redirectUri}' specified in the request does not match the redirect URIs configured for the application '${app.name}': ${app.redirectUris.join(', ') || 'none'}. The stand-in registers them from --portal-url.`;
}

/** Shown, never redirected. */
export function fault(number: number, sentence: string): { status: number; page: string } {
  return { status: 400, page: faultPage(`AADSTS${number}: ${sentence}`) };
}
