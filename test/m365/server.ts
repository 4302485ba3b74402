import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Directory } from './entra/directory.ts';
import { Entra } from './entra/entra.ts';
import { type AppRegistration, organisations, registerApps } from './entra/organisations.ts';
import { faultPage } from './entra/pages.ts';
import { type Faults, noFaults, suffer } from './faults.ts';
import { Graph } from './graph/graph.ts';
import { ImportSessions } from './graph/import-sessions.ts';
import { exchangeLimits, Throttle, type ThrottleLimits } from './graph/throttle.ts';
import { Reply } from './http/reply.ts';
import { seedFromMail } from './seed/mail-folder.ts';
import { type SeedOptions, seedTenant } from './seed/tenant.ts';
import { countRequest, emptyStats, type Stats } from './stats.ts';
import { Store } from './store/store.ts';
import { openIdentity } from './tls/identity.ts';

export interface StandInOptions {
  /** 0 or absent: any free port. */
  port?: number;
  /** Keys, consents and mail live here and are found again. */
  data: string;
  seed?: number;
  /** A folder of folders of .eml files in place of the seeded mail. */
  mail?: string;
  /** Where the product's portal is; decides the registered redirect addresses. */
  portalUrl?: string;
  mailboxes?: number;
  /** Messages in all mailboxes together, about. */
  messages?: number;
  /** Messages in one extra folder ("Large") of the main user. */
  largeFolder?: number;
  /** Multiplies the size of attachments. */
  scale?: number;
  limits?: Partial<ThrottleLimits>;
  tokenSeconds?: number;
  importSessionMs?: number;
  /** False: sensitive fields of sent mail cannot be changed, as from 31 December 2026. */
  mailAdvanced?: boolean;
}

/** What a product is told of the stand-in, and nothing else. */
export interface StandInFacts {
  ready: true;
  loginUrl: string;
  graphUrl: string;
  caFile: string;
  tenants: Array<{
    tid: string;
    name: string;
    accounts: Array<{ oid: string; name: string; username: string; role: string | null }>;
  }>;
  apps: Record<
    AppRegistration['key'],
    { clientId: string; clientSecret: string; certificateFile?: string }
  >;
}

export interface StandIn extends AsyncDisposable {
  readonly facts: StandInFacts;
  readonly stats: Stats;
  readonly faults: Faults;
  /** Users and mailboxes, to look at or to change behind the product's back. */
  readonly store: Store;
  /** Consents: grant, revoke, switch off. */
  readonly directory: Directory;
  readonly sessions: ImportSessions;
  stop(): Promise<void>;
}

/** Starts the stand-in in this process. The first start makes keys and mail; later ones find them. */
export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  const data = resolve(options.data);
  const identity = await openIdentity(join(data, 'identity'));
  const store = await openStore(data, options);
  const portalUrl = options.portalUrl ?? 'http://localhost:3000';
  const directory = new Directory(data, registerApps(identity, portalUrl));
  const stats = emptyStats();
  const faults = noFaults();
  const sessions = new ImportSessions(options.importSessionMs ?? 3_600_000);
  const spoolFolder = join(data, 'spool');
  await rm(spoolFolder, { recursive: true, force: true });
  await mkdir(spoolFolder, { recursive: true });

  let handle: (req: IncomingMessage, res: ServerResponse) => Promise<void> = async () => {};
  const server = createServer({ key: identity.serverPem, cert: identity.serverPem }, (req, res) => {
    void handle(req, res);
  });
  server.keepAliveTimeout = 65_000;
  server.requestTimeout = 0;
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(options.port ?? 0, '127.0.0.1', done);
  });
  const base = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const entra = new Entra(base, directory, identity, options.tokenSeconds ?? 3599);
  const graph = new Graph({
    world: { base, store, sessions, faults, stats, mailAdvanced: options.mailAdvanced ?? true },
    signer: entra.signer,
    throttle: new Throttle({ ...exchangeLimits, ...options.limits }, stats),
    spoolFolder,
  });

  const failedToken = async (req: IncomingMessage, url: URL, reply: Reply): Promise<boolean> => {
    if (!/\/oauth2\/v2\.0\/token$/.test(url.pathname)) return false;
    const earlier = countRequest(stats, 'token');
    const { method = 'POST' } = req;
    const fact = { kind: 'token', method, path: url.pathname, appId: null, mailbox: null, earlier };
    return suffer(faults.decide(fact), reply);
  };

  handle = async (req, res) => {
    const reply = new Reply(res);
    try {
      const url = new URL(req.url ?? '/', base);
      if (await graph.handle(req, url, reply)) return;
      if (await failedToken(req, url, reply)) return;
      if (await entra.handle(req, url, reply)) return;
      await reply.html(404, faultPage(`The stand-in serves nothing at ${url.pathname}.`));
    } catch (err) {
      if (res.destroyed) return;
      process.stderr.write(
        `stand-in: ${req.method} ${req.url}: ${err instanceof Error ? err.stack : err}\n`,
      );
      if (res.headersSent) return reply.reset();
      await reply.json(500, {
        error: {
          code: 'ErrorInternalServerError',
          message: 'The stand-in failed; its log says why.',
        },
      });
    }
  };

  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= end();
    return stopped;
  };
  const end = async () => {
    await new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
    directory.close();
    await store.close();
  };
  return {
    facts: factsOf(base, identity.caFile, directory),
    stats,
    faults,
    store,
    directory,
    sessions,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Other options are another tenant: each combination has a folder of its own below `data`. */
async function openStore(data: string, options: StandInOptions): Promise<Store> {
  const mailboxes = options.mailboxes ?? 14;
  const seedOptions: SeedOptions = {
    seed: options.seed ?? 7,
    mailboxes,
    messages: options.messages ?? Math.round((2_000 * mailboxes) / 14),
    largeFolder: options.largeFolder ?? 0,
    scale: options.scale ?? 1,
  };
  const origin = options.mail ? { mail: resolve(options.mail) } : seedOptions;
  const name = createHash('sha256').update(JSON.stringify(origin)).digest('hex').slice(0, 12);
  const folder = join(data, `mail-${name}`);
  const found = await Store.open(folder);
  if (found.seeded) return found;
  // A first start that was interrupted left half a tenant.
  await found.close();
  await rm(folder, { recursive: true, force: true });
  const store = await Store.open(folder);
  await store.fill(() =>
    options.mail ? seedFromMail(store, resolve(options.mail)) : seedTenant(store, seedOptions),
  );
  return store;
}

function factsOf(base: string, caFile: string, directory: Directory): StandInFacts {
  const apps = Object.fromEntries(
    directory.apps.map(({ key, clientId, secret, certificate }) => [
      key,
      {
        clientId,
        clientSecret: secret,
        ...(certificate ? { certificateFile: certificate.file } : {}),
      },
    ]),
  ) as StandInFacts['apps'];
  return {
    ready: true,
    loginUrl: base,
    graphUrl: base,
    caFile,
    tenants: organisations.map(({ tid, name, accounts }) => ({ tid, name, accounts })),
    apps,
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      data: { type: 'string' },
      seed: { type: 'string' },
      mail: { type: 'string' },
      'portal-url': { type: 'string' },
      mailboxes: { type: 'string' },
      messages: { type: 'string' },
      'large-folder': { type: 'string' },
      scale: { type: 'string' },
    },
  });
  if (!values.data) throw new Error('--data DIR is needed: where keys and mail are kept');
  const number = (name: string, text: string | undefined) => {
    if (text === undefined) return {};
    if (!/^\d+(\.\d+)?$/.test(text)) throw new Error(`--${name} needs a number, not "${text}"`);
    return { [name === 'large-folder' ? 'largeFolder' : name]: Number(text) };
  };
  const standIn = await startStandIn({
    data: values.data,
    ...number('port', values.port),
    ...number('seed', values.seed),
    ...number('mailboxes', values.mailboxes),
    ...number('messages', values.messages),
    ...number('large-folder', values['large-folder']),
    ...number('scale', values.scale),
    ...(values.mail ? { mail: values.mail } : {}),
    ...(values['portal-url'] ? { portalUrl: values['portal-url'] } : {}),
  });
  process.stdout.write(`${JSON.stringify(standIn.facts)}\n`);
  const end = () => void standIn.stop().then(() => process.exit(0));
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
}

if (import.meta.main) {
  main().catch((err: unknown) => {
    process.stderr.write(
      `The Microsoft 365 stand-in did not start: ${err instanceof Error ? err.message : err}\n`,
    );
    process.exit(1);
  });
}
