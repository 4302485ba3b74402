import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { EntraCredential } from '#lib/core/config.ts';

export type Environment = Record<string, string | undefined>;

/** The three Microsoft 365 applications and where their cloud answers. */
export interface CloudSettings {
  loginUrl: string;
  graphUrl: string;
  signIn: EntraCredential;
  backup: EntraCredential;
  restore: EntraCredential;
  /** Authority that signed the certificates of the two hosts, where no public one did. */
  caFile: string | undefined;
}

export interface Parts {
  inherited: Environment;
  /** Null where the operator's own environment names the applications. */
  cloud: CloudSettings | null;
  temporal: { address: string; namespace: string };
  /** Null where the operator's own environment names a key of Stripe, or nobody is billed. */
  stripe: { apiUrl: string; secretKey: string; webhookSecrets: string[] } | null;
}

/** Names the children get from the launcher alone; a leftover in the shell must not win. */
const ours = ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'TEMPORAL_API_KEY'];

function base(parts: Parts): Environment {
  const env: Environment = { ...parts.inherited };
  for (const name of [...ours, 'TEMPORAL_TLS', 'WORKER_ROLES']) delete env[name];
  // Set by test runners and by the portal's build; it would change how the children behave.
  for (const name of ['NODE_TEST_CONTEXT', 'NODE_ENV', 'NODE_OPTIONS']) delete env[name];
  env.TEMPORAL_ADDRESS = parts.temporal.address;
  env.TEMPORAL_NAMESPACE = parts.temporal.namespace;
  env.NEXT_TELEMETRY_DISABLED = '1';
  if (parts.cloud) {
    env.ENTRA_LOGIN_URL = parts.cloud.loginUrl;
    env.GRAPH_URL = parts.cloud.graphUrl;
    if (parts.cloud.caFile) env.NODE_EXTRA_CA_CERTS = parts.cloud.caFile;
  }
  if (parts.stripe) {
    env.STRIPE_API_URL = parts.stripe.apiUrl;
    env.STRIPE_SECRET_KEY = parts.stripe.secretKey;
    env.STRIPE_WEBHOOK_SECRET = parts.stripe.webhookSecrets.join(',');
  }
  return env;
}

function credential(env: Environment, prefix: string, value: EntraCredential): void {
  env[`${prefix}_CLIENT_ID`] = value.clientId;
  env[`${prefix}_CERTIFICATE_FILE`] = value.certificateFile;
  env[`${prefix}_CLIENT_SECRET`] = value.clientSecret;
}

/** The worker writes finished exports here, the portal hands them out. */
export function exportFolder(dataFolder: string): string {
  return join(dataFolder, 'exports');
}

/** The portal gets the sign-in credential, the ids of the other two, and no vault key. */
export function portalEnvironment(
  parts: Parts,
  own: {
    databaseUrl: string;
    portalUrl: string;
    port: number;
    sessionSecret: string;
    dataFolder: string;
  },
): Environment {
  const env = base(parts);
  env.NODE_ENV = 'production';
  env.DATABASE_URL = own.databaseUrl;
  env.PORTAL_URL = own.portalUrl;
  env.NEXTAUTH_URL = own.portalUrl;
  env.NEXTAUTH_SECRET = own.sessionSecret;
  env.PORT = String(own.port);
  env.HOST = '127.0.0.1';
  env.EXPORT_FOLDER = exportFolder(own.dataFolder);
  if (parts.cloud) {
    credential(env, 'ENTRA_SIGNIN', parts.cloud.signIn);
    env.ENTRA_BACKUP_CLIENT_ID = parts.cloud.backup.clientId;
    env.ENTRA_RESTORE_CLIENT_ID = parts.cloud.restore.clientId;
  }
  for (const name of ['BACKUP', 'RESTORE']) {
    delete env[`ENTRA_${name}_CERTIFICATE_FILE`];
    delete env[`ENTRA_${name}_CLIENT_SECRET`];
  }
  delete env.VAULT_KEY_FILE;
  return env;
}

/** The worker gets the Graph credentials and the key of the vaults. */
export function workerEnvironment(
  parts: Parts,
  own: { databaseUrl: string; dataFolder: string; keyFile: string },
): Environment {
  const env = base(parts);
  env.DATABASE_URL = own.databaseUrl;
  env.VAULT_TARGET = pathToFileURL(join(own.dataFolder, 'vaults')).href;
  env.VAULT_KEY_FILE = own.keyFile;
  env.EXPORT_FOLDER = exportFolder(own.dataFolder);
  env.HOLDFAST_RESPONSIVE = 'true';
  // glibc keeps an arena for every thread; two are enough for the worker's, and save 30 MB.
  env.MALLOC_ARENA_MAX ??= '2';
  if (parts.cloud) {
    credential(env, 'ENTRA_BACKUP', parts.cloud.backup);
    credential(env, 'ENTRA_RESTORE', parts.cloud.restore);
    env.IMPORT_HOSTS = new URL(parts.cloud.graphUrl).host;
  }
  return env;
}
