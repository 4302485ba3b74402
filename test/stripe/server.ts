import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Account } from './account.ts';
import { control, registerPortal } from './control.ts';
import { type Faults, noFaults } from './faults.ts';
import { Api } from './http/api.ts';
import { Pages } from './pages/pages.ts';
import { resumeClocks } from './resources/clocks.ts';
import { newId } from './store/ids.ts';
import { Store } from './store/store.ts';

export interface StripeStandInOptions {
  /** 0 or absent: any free port. */
  port?: number;
  /** Where everything is kept and found again; null keeps nothing. */
  data: string | null;
  /** Where the product takes webhooks. It may also be named later, with `registerPortal`. */
  webhookUrl?: string;
  /** The machine's clock, in milliseconds. */
  clockMs?: () => number;
}

/** What a product is told of the stand-in, and nothing else. */
export interface StripeFacts {
  ready: true;
  apiUrl: string;
  secretKey: string;
  /** One for snapshots, one for thin events. */
  webhookSecrets: string[];
}

export interface StripeStandIn extends AsyncDisposable {
  readonly facts: StripeFacts;
  readonly faults: Faults;
  /** Everything the account holds, to look at behind the product's back. */
  readonly account: Account;
  /** Sends webhooks to this address from now on, and to no other. */
  registerPortal(webhookUrl: string): void;
  stop(): Promise<void>;
}

const bodyMax = 1024 * 1024;

/** Starts the stand-in for Stripe in this process. */
export async function startStripe(options: StripeStandInOptions): Promise<StripeStandIn> {
  const folder = options.data === null ? null : join(resolve(options.data), 'account');
  const store = new Store(folder);
  const faults = noFaults();
  const account = new Account(store, faults, options.clockMs ?? Date.now);
  const name = folder ?? 'nowhere';
  const secrets = {
    snapshot: `whsec_${secretFrom('snapshot', name)}`,
    thin: `whsec_${secretFrom('thin', name)}`,
  };
  const secretKey = `sk_test_${secretFrom('key', name)}`;
  const api = new Api(account, secretKey);
  const pages = new Pages(account);

  const server = createServer((req, res) => void handle(req, res));
  server.keepAliveTimeout = 65_000;
  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    try {
      const url = new URL(req.url ?? '/', account.base);
      const body = await readBody(req);
      if (url.pathname.startsWith('/_control/')) {
        const answer = control(account, secrets, url.pathname, JSON.parse(body || '{}'));
        store.commit();
        return send(res, answer ? 200 : 404, answer ?? {});
      }
      if (faults.down !== null) {
        if (faults.down === 'refused') return void req.socket.destroy();
        return send(res, faults.down, {
          error: { type: 'api_error', message: 'Stripe is down (the stand-in plays it).' },
        });
      }
      if (await pages.handle(req, url, body, res)) return store.commit();
      const answer = await api.answer(req, url, body);
      if (answer === null) return void req.socket.destroy();
      send(res, answer.status, answer.body, answer.headers);
    } catch (err) {
      process.stderr.write(
        `stripe: ${req.method} ${req.url}: ${err instanceof Error ? err.stack : err}\n`,
      );
      if (res.headersSent) return void req.socket.destroy();
      send(res, 500, {
        error: { type: 'api_error', message: 'The stand-in failed; its log says why.' },
      });
    }
  };
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(options.port ?? 0, '127.0.0.1', done);
  });
  account.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  if (options.webhookUrl) registerPortal(account, secrets, options.webhookUrl);
  resumeClocks(account);
  store.commit();

  let stopped: Promise<void> | undefined;
  const end = async () => {
    account.advancing.clear();
    await account.delivery.stop();
    await new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
    store.close();
  };
  const stop = () => {
    stopped ??= end();
    return stopped;
  };
  return {
    facts: {
      ready: true,
      apiUrl: account.base,
      secretKey,
      webhookSecrets: [secrets.snapshot, secrets.thin],
    },
    faults,
    account,
    registerPortal: (url) => void registerPortal(account, secrets, url),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** The same at every start in a folder, so that what was told of it stays true. */
function secretFrom(what: string, folder: string): string {
  return createHash('sha256').update(`${what} of ${folder}`).digest('hex').slice(0, 32);
}

async function readBody(req: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of req as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > bodyMax) throw new Error('The body is too large');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function send(
  res: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  res.writeHead(status, {
    'content-type': 'application/json',
    'request-id': newId('req', 14),
    'stripe-version': '2026-10-28.endive',
    ...headers,
  });
  res.end(`${JSON.stringify(body, null, 2)}\n`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      data: { type: 'string' },
      'webhook-url': { type: 'string' },
    },
  });
  if (!values.data) throw new Error('--data DIR is needed: where the account is kept');
  if (values.port !== undefined && !/^\d+$/.test(values.port)) {
    throw new Error(`--port needs a number, not "${values.port}"`);
  }
  const standIn = await startStripe({
    data: values.data,
    port: Number(values.port ?? 0),
    ...(values['webhook-url'] ? { webhookUrl: values['webhook-url'] } : {}),
  });
  process.stdout.write(`${JSON.stringify(standIn.facts)}\n`);
  const end = () => void standIn.stop().then(() => process.exit(0));
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
}

if (import.meta.main) {
  main().catch((err: unknown) => {
    process.stderr.write(
      `The Stripe stand-in did not start: ${err instanceof Error ? err.message : err}\n`,
    );
    process.exit(1);
  });
}
