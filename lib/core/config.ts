import { existsSync } from 'node:fs';
import { z } from 'zod';
import { AppError } from './errors.ts';

/**
 * The environment, read once and typed. This is the only file that touches `process.env`.
 * Every process asks for the part it needs (`readPortalConfig`, `readWorkerConfig`, …); all problems
 * of that part are named at once.
 */

export interface EntraCredential {
  clientId: string;
  /** Exactly one of the two: a PEM file with certificate and private key, or a client secret. */
  certificateFile: string | undefined;
  clientSecret: string | undefined;
}

export interface TemporalConfig {
  address: string;
  namespace: string;
  /** Set for Temporal Cloud; its presence turns TLS on. */
  apiKey: string | undefined;
  tls: boolean;
}

export interface CloudConfig {
  /** Scheme and host of the login service, no trailing slash. */
  loginUrl: string;
  /** Scheme and host of Graph, no trailing slash and no version. */
  graphUrl: string;
}

export interface StripeConfig {
  /** Scheme and host of Stripe's API, no trailing slash and no version. */
  apiUrl: string;
  secretKey: string;
  /**
   * What the webhooks are signed with; empty where none is registered. There are several while a secret
   * is rotated, and because Stripe gives thin events a destination, and so a secret, of their own.
   */
  webhookSecrets: readonly string[];
}

export interface PortalConfig {
  databaseUrl: string;
  temporal: TemporalConfig;
  portalUrl: string;
  sessionSecret: string;
  cloud: CloudConfig;
  signIn: EntraCredential;
  backupClientId: string;
  restoreClientId: string;
  port: number;
  host: string;
  /** Where the worker leaves finished exports; null where the portal cannot reach it. */
  exportFolder: string | null;
  /** Addresses the worker calls Microsoft from, for people who have to allow them; null if unknown. */
  egressAddresses: string | null;
  /** Requests of one API key in a minute. */
  apiRequestsPerMinute: number;
  /** How many proxies of ours a request passes; as many entries of `X-Forwarded-For` are believed. */
  proxiesInFront: number;
  /** Who owns the first MSP of an empty catalogue; null once somebody does. */
  firstOwner: { subject: string; mspName: string } | null;
  /** Null where nobody is billed through Stripe; the ledger of usage is kept all the same. */
  stripe: StripeConfig | null;
}

export interface WorkerConfig {
  databaseUrl: string;
  temporal: TemporalConfig;
  cloud: CloudConfig;
  backup: EntraCredential;
  restore: EntraCredential;
  vaultTarget: URL;
  vaultKeyFile: string;
  exportFolder: string;
  roles: WorkerRole[];
  /** Shorter time-outs where a person or a test is watching. */
  responsive: boolean;
  /** Hosts that an import session may point to, beside Microsoft's own. */
  importHosts: string[];
  /** Null where nobody is billed through Stripe; the ledger of usage is kept all the same. */
  stripe: StripeConfig | null;
}

export const workerRoles = ['control', 'graph-backup', 'graph-restore', 'maintenance'] as const;
export type WorkerRole = (typeof workerRoles)[number];

type Environment = Record<string, string | undefined>;

/** Collects problems instead of throwing at the first. */
class Reader {
  readonly problems: string[] = [];
  private readonly env: Environment;
  constructor(env: Environment) {
    this.env = env;
  }

  text(name: string, why: string): string {
    const value = this.env[name]?.trim();
    if (value) return value;
    this.problems.push(`${name} is missing: ${why}`);
    return '';
  }

  optional(name: string): string | undefined {
    return this.env[name]?.trim() || undefined;
  }

  url(name: string, why: string, protocols: string[], fallback?: string): string {
    const value = this.optional(name) ?? fallback;
    if (value === undefined) return this.text(name, why);
    const parsed = z.url().safeParse(value);
    const protocol = parsed.success ? new URL(value).protocol.slice(0, -1) : '';
    if (!protocols.includes(protocol)) {
      this.problems.push(`${name} must be a ${protocols.join(' or ')} URL: ${why}`);
    }
    return value.replace(/\/+$/, '');
  }

  file(name: string, why: string): string {
    const value = this.text(name, why);
    if (value && !existsSync(value))
      this.problems.push(`${name} names a file that is not there: ${why}`);
    return value;
  }

  credential(prefix: string, what: string): EntraCredential {
    const clientId = this.text(
      `${prefix}_CLIENT_ID`,
      `application (client) id of the ${what} registration`,
    );
    const certificateFile = this.optional(`${prefix}_CERTIFICATE_FILE`);
    const clientSecret = this.optional(`${prefix}_CLIENT_SECRET`);
    if ((certificateFile === undefined) === (clientSecret === undefined)) {
      this.problems.push(
        `${prefix}_CERTIFICATE_FILE or ${prefix}_CLIENT_SECRET: give exactly one, for the ${what} registration`,
      );
    }
    if (certificateFile !== undefined && !existsSync(certificateFile)) {
      this.problems.push(`${prefix}_CERTIFICATE_FILE names a file that is not there`);
    }
    return { clientId, certificateFile, clientSecret };
  }

  temporal(): TemporalConfig {
    const apiKey = this.optional('TEMPORAL_API_KEY');
    return {
      address: this.text('TEMPORAL_ADDRESS', 'host:port of the Temporal frontend'),
      namespace: this.optional('TEMPORAL_NAMESPACE') ?? 'default',
      apiKey,
      tls: apiKey !== undefined || this.optional('TEMPORAL_TLS') === 'true',
    };
  }

  cloud(): CloudConfig {
    return {
      loginUrl: this.url(
        'ENTRA_LOGIN_URL',
        'login service',
        ['https'],
        'https://login.microsoftonline.com',
      ),
      graphUrl: this.url('GRAPH_URL', 'Microsoft Graph', ['https'], 'https://graph.microsoft.com'),
    };
  }

  /** A key that Stripe does not know is no problem of the start: the billing pages say so. */
  stripe(): StripeConfig | null {
    const secretKey = this.optional('STRIPE_SECRET_KEY');
    if (secretKey === undefined) return null;
    return {
      apiUrl: this.url(
        'STRIPE_API_URL',
        "Stripe's API",
        ['https', 'http'],
        'https://api.stripe.com',
      ),
      secretKey,
      webhookSecrets: (this.optional('STRIPE_WEBHOOK_SECRET') ?? '')
        .split(',')
        .map((secret) => secret.trim())
        .filter((secret) => secret !== ''),
    };
  }

  database(): string {
    return this.url(
      'DATABASE_URL',
      'postgres:// address of the catalogue, with the role of this process',
      ['postgres', 'postgresql'],
    );
  }

  port(name: string, fallback: number): number {
    const value = this.optional(name) ?? String(fallback);
    if (!/^\d{1,5}$/.test(value) || Number(value) > 65535)
      this.problems.push(`${name} must be a port number`);
    return Number(value);
  }

  count(name: string, fallback: number): number {
    const value = this.optional(name) ?? String(fallback);
    if (!/^[1-9]\d{0,8}$/.test(value)) this.problems.push(`${name} must be a whole number above 0`);
    return Number(value);
  }

  few(name: string): number {
    const value = this.optional(name) ?? '0';
    if (!/^\d$/.test(value)) this.problems.push(`${name} must be a number from 0 to 9`);
    return Number(value);
  }

  finish<T>(value: T): T {
    if (this.problems.length > 0) {
      throw new AppError(
        'config.invalid',
        `Holdfast cannot start: the configuration has ${this.problems.length} problem(s).\n${this.problems
          .map((problem) => `  - ${problem}`)
          .join('\n')}`,
      );
    }
    return value;
  }
}

export function readPortalConfig(env: Environment = process.env): PortalConfig {
  const read = new Reader(env);
  const sessionSecret = read.text('NEXTAUTH_SECRET', 'random text of 32 characters or more');
  if (sessionSecret && sessionSecret.length < 32)
    read.problems.push('NEXTAUTH_SECRET is shorter than 32 characters');
  const owner = read.optional('HOLDFAST_OWNER')?.toLowerCase();
  if (owner !== undefined && !/^[0-9a-f-]{36}\.[0-9a-f-]{36}$/.test(owner)) {
    read.problems.push(
      'HOLDFAST_OWNER must be the tenant id and the object id of an account, with a full stop between',
    );
  }
  const firstOwner =
    owner === undefined
      ? null
      : {
          subject: owner,
          mspName: read.text('HOLDFAST_MSP', 'name of the MSP that HOLDFAST_OWNER owns'),
        };
  return read.finish({
    databaseUrl: read.database(),
    temporal: read.temporal(),
    portalUrl: read.url('PORTAL_URL', 'address people type to reach the portal', ['https', 'http']),
    sessionSecret,
    cloud: read.cloud(),
    signIn: read.credential('ENTRA_SIGNIN', 'sign-in'),
    backupClientId: read.text(
      'ENTRA_BACKUP_CLIENT_ID',
      'application (client) id of the backup registration',
    ),
    restoreClientId: read.text(
      'ENTRA_RESTORE_CLIENT_ID',
      'application (client) id of the restore registration',
    ),
    port: read.port('PORT', 3000),
    host: read.optional('HOST') ?? '127.0.0.1',
    exportFolder: read.optional('EXPORT_FOLDER') ?? null,
    egressAddresses: read.optional('EGRESS_ADDRESSES') ?? null,
    apiRequestsPerMinute: read.count('API_REQUESTS_PER_MINUTE', 600),
    proxiesInFront: read.few('PROXIES_IN_FRONT'),
    firstOwner,
    stripe: read.stripe(),
  });
}

export function readWorkerConfig(env: Environment = process.env): WorkerConfig {
  const read = new Reader(env);
  const target = read.url(
    'VAULT_TARGET',
    'where the vaults are kept, such as file:///srv/holdfast',
    ['file'],
  );
  const roles = (read.optional('WORKER_ROLES') ?? workerRoles.join(','))
    .split(',')
    .map((role) => role.trim());
  for (const role of roles) {
    if (!(workerRoles as readonly string[]).includes(role)) {
      read.problems.push(`WORKER_ROLES names "${role}"; known are ${workerRoles.join(', ')}`);
    }
  }
  return read.finish({
    databaseUrl: read.database(),
    temporal: read.temporal(),
    cloud: read.cloud(),
    backup: read.credential('ENTRA_BACKUP', 'backup'),
    restore: read.credential('ENTRA_RESTORE', 'restore'),
    vaultTarget: URL.canParse(target) ? new URL(target) : new URL('file:///'),
    vaultKeyFile: read.file('VAULT_KEY_FILE', 'key file that opens the vaults'),
    exportFolder: read.text('EXPORT_FOLDER', 'folder for finished exports'),
    roles: roles as WorkerRole[],
    responsive: read.optional('HOLDFAST_RESPONSIVE') === 'true',
    importHosts: (read.optional('IMPORT_HOSTS') ?? '').split(',').filter((host) => host !== ''),
    stripe: read.stripe(),
  });
}

/**
 * next-auth takes its own address from the environment and from nowhere else; ours has one name for
 * it. Called before the portal loads.
 */
export function nameAddressForSignIn(portalUrl: string): void {
  process.env.NEXTAUTH_URL = portalUrl;
}

/** For `npm run migrate`: the owner's address of the database. */
export function readMigrateConfig(env: Environment = process.env): { databaseUrl: string } {
  const read = new Reader(env);
  return read.finish({ databaseUrl: read.database() });
}

/** For the operator's commands, which have a story begin at once where Temporal is at hand. */
export function readTemporalConfig(env: Environment = process.env): TemporalConfig | null {
  if (!env.TEMPORAL_ADDRESS?.trim()) return null;
  const read = new Reader(env);
  return read.finish(read.temporal());
}

export interface LaunchConfig {
  /** A `temporal` binary to use instead of searching for one. */
  temporalCli: string | undefined;
  port: number;
  dataFolder: string | undefined;
  /** The environment as it came, for the children of the launcher. */
  inherited: Record<string, string | undefined>;
  /** True where the operator named a Microsoft 365 application: then no stand-in is started. */
  microsoftConfigured: boolean;
  /** True where the operator named a key of Stripe: then no stand-in for it is started. */
  stripeConfigured: boolean;
}

export function readLaunchConfig(env: Environment = process.env): LaunchConfig {
  const read = new Reader(env);
  return read.finish({
    temporalCli: read.optional('TEMPORAL_CLI'),
    port: read.port('PORT', 3000),
    dataFolder: read.optional('HOLDFAST_DATA'),
    inherited: env,
    microsoftConfigured: read.optional('ENTRA_BACKUP_CLIENT_ID') !== undefined,
    stripeConfigured: read.optional('STRIPE_SECRET_KEY') !== undefined,
  });
}

/** Prints the problems as they are and ends the process with 2, as every entry point promises. */
export function exitOnBadConfig(err: unknown): never {
  if (err instanceof AppError && err.code === 'config.invalid') {
    process.stderr.write(`${err.message}\n`);
    process.exit(2);
  }
  throw err;
}
