import { createHash, randomUUID } from 'node:crypto';
import { stableGuid } from '../store/ids.ts';
import type { Authorize } from './authorize.ts';
import type { ClientProof } from './client-proof.ts';
import { type Directory, isShared } from './directory.ts';
import { EntraFailure } from './failures.ts';
import type { TokenSigner } from './jwt.ts';
import type { AppRegistration } from './organisations.ts';

export interface TokenEndpoint {
  base: string;
  directory: Directory;
  authorize: Authorize;
  proof: ClientProof;
  signer: TokenSigner;
  /** Seconds that a token lives. */
  tokenSeconds: number;
}

/** Template ids, the same in every organisation. */
const directoryRoles = {
  'Global Administrator': '62e90394-69f5-4237-9190-012177145e10',
  'Privileged Role Administrator': 'e8611ab8-c189-46e8-94e1-60213ab1f814',
};

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Answers the token endpoint (research/graph.md §1.6, §1.10).
 * @throws EntraFailure
 */
export function issueToken(
  entra: TokenEndpoint,
  authority: string,
  form: URLSearchParams,
): Record<string, unknown> {
  const grantType = form.get('grant_type');
  const clientId = form.get('client_id');
  if (!clientId) {
    throw new EntraFailure(
      900144,
      'invalid_request',
      "The request body must contain the parameter 'client_id'.",
    );
  }
  const tid = organisationOf(entra.directory, authority);
  if (grantType === 'client_credentials' && tid === null) {
    throw new EntraFailure(
      9001023,
      'invalid_request',
      'The grant type is not supported over the /common or /organizations endpoints. Use a tenant-specific endpoint.',
    );
  }
  const app = entra.directory.app(clientId);
  if (!app) throw unknownApp(clientId, tid ?? authority);
  const proved = entra.proof.check(app, form, `${entra.base}/${authority}/oauth2/v2.0/token`);
  if (grantType === 'client_credentials') return appToken(entra, app, tid!, form, proved);
  if (grantType === 'authorization_code') return userTokens(entra, app, tid, form);
  throw new EntraFailure(
    70003,
    'unsupported_grant_type',
    `The grant type '${grantType}' is not supported.`,
  );
}

function organisationOf(directory: Directory, authority: string): string | null {
  if (isShared(authority)) return null;
  const organisation = directory.organisation(authority);
  if (organisation) return organisation.tid;
  if (!guid.test(authority) && !authority.includes('.')) {
    throw new EntraFailure(
      900023,
      'invalid_request',
      `Specified tenant identifier '${authority}' is neither a valid DNS name, nor a valid external domain.`,
    );
  }
  throw new EntraFailure(
    90002,
    'invalid_request',
    `Tenant '${authority}' not found. Check to make sure you have the correct tenant ID.`,
  );
}

function unknownApp(clientId: string, where: string): EntraFailure {
  return new EntraFailure(
    700016,
    'unauthorized_client',
    `Application with identifier '${clientId}' was not found in the directory '${where}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.`,
  );
}

function appToken(
  entra: TokenEndpoint,
  app: AppRegistration,
  tid: string,
  form: URLSearchParams,
  proved: '1' | '2',
): Record<string, unknown> {
  const scope = form.get('scope') ?? '';
  const resource = resourceOf(entra.base, scope);
  if (resource === null) {
    throw new EntraFailure(
      1002012,
      'invalid_scope',
      `The provided value for scope '${scope}' is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.`,
    );
  }
  const principal = entra.directory.principal(app.clientId, tid);
  if (!principal) throw unknownApp(app.clientId, tid);
  if (!principal.enabled) {
    throw new EntraFailure(
      7000112,
      'unauthorized_client',
      `Application '${app.clientId}' (${app.name}) is disabled.`,
    );
  }
  const subject = stableGuid('principal', app.clientId, tid);
  const now = Math.floor(Date.now() / 1000);
  const token = entra.signer.sign({
    aud: resource,
    iss: `https://sts.windows.net/${tid}/`,
    iat: now,
    nbf: now,
    exp: now + entra.tokenSeconds,
    appid: app.clientId,
    app_displayname: app.name,
    appidacr: proved,
    idtyp: 'app',
    oid: subject,
    sub: subject,
    // An app whose permissions were revoked still gets a token, one without this claim.
    ...(principal.roles.length > 0 ? { roles: principal.roles } : {}),
    tid,
    uti: randomUUID(),
    ver: '1.0',
  });
  return {
    token_type: 'Bearer',
    expires_in: entra.tokenSeconds,
    ext_expires_in: entra.tokenSeconds,
    access_token: token,
  };
}

/** Graph under its real name, or as the stand-in serves it. */
export function resourceOf(base: string, scope: string): string | null {
  const resources = [base, 'https://graph.microsoft.com', '00000003-0000-0000-c000-000000000000'];
  return resources.find((resource) => scope === `${resource}/.default`) ?? null;
}

function userTokens(
  entra: TokenEndpoint,
  app: AppRegistration,
  tid: string | null,
  form: URLSearchParams,
): Record<string, unknown> {
  const grant = entra.authorize.redeem(app, form);
  const { organisation, account } = grant;
  if (tid !== null && tid !== organisation.tid) {
    throw new EntraFailure(
      50020,
      'invalid_grant',
      'The account does not exist in this organisation.',
    );
  }
  const now = Math.floor(Date.now() / 1000);
  const base = {
    iat: now,
    nbf: now,
    exp: now + entra.tokenSeconds,
    oid: account.oid,
    sub: createHash('sha256').update(`${account.oid} ${app.clientId}`).digest('base64url'),
    tid: organisation.tid,
    name: account.name,
    preferred_username: account.username,
    uti: randomUUID(),
  };
  const idToken = entra.signer.sign({
    ...base,
    aud: app.clientId,
    iss: `${entra.base}/${organisation.tid}/v2.0`,
    auth_time: now,
    ver: '2.0',
    // As with `groupMembershipClaims: "DirectoryRole"` in the registration (research/graph.md §1.9).
    ...(account.role === null ? {} : { wids: [directoryRoles[account.role]] }),
    ...(grant.nonce === null ? {} : { nonce: grant.nonce }),
  });
  const accessToken = entra.signer.sign({
    ...base,
    aud: entra.base,
    iss: `https://sts.windows.net/${organisation.tid}/`,
    appid: app.clientId,
    scp: 'openid profile',
    ver: '1.0',
  });
  const clientInfo = JSON.stringify({ uid: account.oid, utid: organisation.tid });
  return {
    token_type: 'Bearer',
    scope: 'openid profile',
    expires_in: entra.tokenSeconds,
    ext_expires_in: entra.tokenSeconds,
    access_token: accessToken,
    id_token: idToken,
    client_info: Buffer.from(clientInfo).toString('base64url'),
  };
}
