import { fault, type PageAnswer, redirectMismatch } from './authorize.ts';
import { type Directory, isShared } from './directory.ts';
import { describe, EntraFailure } from './failures.ts';
import type { AppRegistration } from './organisations.ts';
import { accountPage, approvalNeededPage, consentPage } from './pages.ts';

const carried = ['client_id', 'scope', 'redirect_uri', 'state', 'account'];

/**
 * Admin consent (research/graph.md §1.2 and §1.3). Version 2 demands a scope and the exact redirect
 * address; version 1 takes neither scope nor exactness below the registered path.
 */
export function adminConsent(
  directory: Directory,
  version: 1 | 2,
  authority: string,
  params: URLSearchParams,
): PageAnswer {
  const client = params.get('client_id') ?? '';
  const app = directory.app(client);
  if (!app) return fault(700016, `Application with identifier '${client}' was not found.`);
  const redirectUri = params.get('redirect_uri') ?? '';
  if (!redirectFits(app, redirectUri, version))
    return fault(50011, redirectMismatch(app, redirectUri));
  if (version === 2 && authority === 'common') {
    return fault(
      900971,
      "Personal accounts cannot consent for an organisation: use '/organizations' or the organisation's id.",
    );
  }
  if (!isShared(authority) && !directory.organisation(authority)) {
    return fault(90002, `Tenant '${authority}' was not found.`);
  }
  const scope = params.get('scope') ?? '';
  if (version === 2 && !/(^|[ /])\.default( |$)/.test(scope)) {
    return fault(
      900144,
      "The request must contain the parameter 'scope', with '.default' for application permissions.",
    );
  }

  const accounts = directory.accountsAt(authority);
  const fields = carried.flatMap((name): Array<[string, string]> => {
    const value = params.get(name);
    return value === null ? [] : [[name, value]];
  });
  const oid = params.get('account');
  if (params.get('cancel')) return declined(redirectUri, params, version);
  if (oid === null) return { status: 200, page: accountPage(accounts, fields) };
  const chosen = accounts.find(({ account }) => account.oid === oid);
  if (!chosen) return fault(50020, `The account '${oid}' does not exist in this organisation.`);
  const { organisation, account } = chosen;
  const decision = params.get('decision');

  if (account.role === null) {
    if (decision === null) return { status: 200, page: approvalNeededPage(app, account, fields) };
    const failure = new EntraFailure(
      90094,
      'access_denied',
      'The grant requires admin permission.',
    );
    return back(redirectUri, params, [['admin_consent', 'True'], ...failureFields(failure)]);
  }
  if (decision === 'cancel') return declined(redirectUri, params, version);
  if (decision !== 'accept') {
    return { status: 200, page: consentPage(app, organisation, account, fields) };
  }
  directory.consent(app, organisation.tid);
  const granted: Array<[string, string]> = [
    ['admin_consent', 'True'],
    ['tenant', organisation.tid],
  ];
  if (version === 2)
    granted.push(['scope', app.roles.map((role) => grantedScope(scope, role)).join(' ')]);
  return back(redirectUri, params, granted);
}

function redirectFits(app: AppRegistration, redirectUri: string, version: 1 | 2): boolean {
  if (app.redirectUris.includes(redirectUri)) return true;
  return version === 1 && app.redirectUris.some((uri) => redirectUri.startsWith(`${uri}/`));
}

/** `admin_consent=True` comes with a failure too; that there is no `error` is the test. */
function declined(redirectUri: string, params: URLSearchParams, version: 1 | 2): PageAnswer {
  if (version === 1) {
    return back(redirectUri, params, [
      ['error', 'permission_denied'],
      ['error_description', 'The admin canceled the request'],
    ]);
  }
  const failure = new EntraFailure(
    65004,
    'consent_required',
    'User declined to consent to access the app.',
  );
  return back(redirectUri, params, [['admin_consent', 'True'], ...failureFields(failure)]);
}

function failureFields(failure: EntraFailure): Array<[string, string]> {
  return [
    ['error', failure.error],
    ['error_description', describe(failure)],
  ];
}

function grantedScope(scope: string, role: string): string {
  const resource = scope.split(' ').find((it) => it.endsWith('/.default')) ?? '/.default';
  return `${resource.slice(0, -'.default'.length)}${role}`;
}

function back(
  redirectUri: string,
  params: URLSearchParams,
  fields: Array<[string, string]>,
): PageAnswer {
  const target = new URL(redirectUri);
  for (const [name, value] of fields) target.searchParams.set(name, value);
  const state = params.get('state');
  if (state !== null) target.searchParams.set('state', state);
  return { location: target.href };
}
