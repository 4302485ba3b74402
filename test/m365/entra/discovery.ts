/** The discovery document. Shared authorities name a templated issuer (research/graph.md §1.9). */
export function discoveryDocument(base: string, authority: string, tid: string | null) {
  const own = `${base}/${authority}`;
  return {
    token_endpoint: `${own}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: [
      'client_secret_post',
      'private_key_jwt',
      'client_secret_basic',
    ],
    jwks_uri: `${own}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: `${base}/${tid ?? '{tenantid}'}/v2.0`,
    request_uri_parameter_supported: false,
    authorization_endpoint: `${own}/oauth2/v2.0/authorize`,
    code_challenge_methods_supported: ['S256'],
    end_session_endpoint: `${own}/oauth2/v2.0/logout`,
    claims_supported: [
      'sub',
      'iss',
      'aud',
      'exp',
      'iat',
      'nonce',
      'preferred_username',
      'name',
      'tid',
      'oid',
      'ver',
    ],
    tenant_region_scope: tid === null ? null : 'EU',
    cloud_instance_name: new URL(base).host,
    msgraph_host: new URL(base).host,
  };
}

/** What msal asks the global cloud about hosts that it does not know. */
export function instanceDocument(base: string) {
  const host = new URL(base).host;
  return {
    tenant_discovery_endpoint: `${base}/common/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}
