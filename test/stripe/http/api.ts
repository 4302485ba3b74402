import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Account } from '../account.ts';
import { apiVersion } from '../account.ts';
import { keepUp } from '../billing/cycle.ts';
import { happens } from '../faults.ts';
import { catalogue } from '../resources/catalogue.ts';
import { checkout } from '../resources/checkout.ts';
import { clocks } from '../resources/clocks.ts';
import { credit } from '../resources/credit.ts';
import { customers } from '../resources/customers.ts';
import { destinations } from '../resources/destinations.ts';
import type { Handlers } from '../resources/handlers.ts';
import { invoices } from '../resources/invoices.ts';
import { meters, ownerOf } from '../resources/meters.ts';
import { portal } from '../resources/portal.ts';
import { subscriptions } from '../resources/subscriptions.ts';
import type { Parameters, Route } from '../schema/parameters.ts';
import { checkParameters } from './check.ts';
import { StripeFailure, tooMany } from './failures.ts';
import { readForm } from './form.ts';
import { Idempotency } from './idempotency.ts';
import { present } from './present.ts';

export interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

const handlers: Handlers = {
  ...catalogue,
  ...checkout,
  ...clocks,
  ...credit,
  ...customers,
  ...destinations,
  ...invoices,
  ...meters,
  ...portal,
  ...subscriptions,
};

interface KnownRoute {
  route: Route;
  method: string;
  path: RegExp;
}

/** Fixed words before places for ids, so that `create_preview` is no id. */
const routes: KnownRoute[] = (Object.keys(handlers) as Route[])
  .sort((a, b) => a.split(':').length - b.split(':').length)
  .map((route) => {
    const [method, path] = route.split(' ') as [string, string];
    return { route, method, path: new RegExp(`^${path.replace(':id', '([^/]+)')}$`) };
  });

/** Time a meter event takes, so that two at once can meet at all. */
const meterEventMs = 4;

/** Stripe's API: who asks, what for, whether it was asked before, and the answer. */
export class Api {
  private readonly account: Account;
  private readonly idempotency: Idempotency;
  private readonly secretKey: string;
  private readonly metering = new Set<string>();

  constructor(account: Account, secretKey: string) {
    this.account = account;
    this.secretKey = secretKey;
    this.idempotency = new Idempotency(account.store);
  }

  /** Null where the answer is to be lost. */
  async answer(req: IncomingMessage, url: URL, body: string): Promise<Answer | null> {
    const { faults } = this.account;
    try {
      this.authorize(req);
      const concerned = faults.only === null || url.pathname.includes(faults.only);
      if (concerned && faults.slowMs > 0) await delay(faults.slowMs);
      if (concerned && happens(faults, 'failBefore')) throw brokenInside();
      if (concerned && happens(faults, 'tooMany')) {
        throw tooMany('Too many requests hit the API too quickly.', 'rate_limit');
      }
      const method = req.method ?? 'GET';
      const known = routeOf(method, url.pathname);
      const moment = { method, path: url.pathname };
      if ((await faults.watch?.({ ...moment, phase: 'before' })) === 'drop') return null;
      const answer = await this.once(req, known, url, body);
      if ((await faults.watch?.({ ...moment, phase: 'after' })) === 'drop') return null;
      if (concerned && req.method !== 'GET' && happens(faults, 'loseReply')) return null;
      return answer;
    } catch (err) {
      if (err instanceof StripeFailure) return { status: err.status, body: { error: err.body } };
      throw err;
    }
  }

  private authorize(req: IncomingMessage): void {
    const [scheme, given = ''] = (req.headers.authorization ?? '').split(' ');
    const key =
      scheme === 'Basic' ? Buffer.from(given, 'base64').toString().replace(/:$/, '') : given;
    const type = 'invalid_request_error';
    if (key === '') {
      throw new StripeFailure(401, {
        type,
        message:
          'You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth.',
      });
    }
    if (key !== this.secretKey) {
      throw new StripeFailure(401, {
        type,
        message: `Invalid API Key provided: ${key.slice(0, 8)}${'*'.repeat(8)}${key.slice(-4)}`,
      });
    }
    const version = req.headers['stripe-version'];
    if (version !== apiVersion) {
      throw new StripeFailure(400, {
        type,
        message: `Invalid Stripe API version: ${version}. The stand-in speaks ${apiVersion}.`,
      });
    }
  }

  private async once(
    req: IncomingMessage,
    known: { route: Route; id: string },
    url: URL,
    body: string,
  ): Promise<Answer> {
    const key = req.method === 'POST' ? req.headers['idempotency-key'] : undefined;
    if (typeof key !== 'string') return this.carryOut(known, url, body);
    const request = `${req.method} ${url.pathname}\n${body}`;
    const now = this.account.now();
    const kept = this.idempotency.begin(key, request, now);
    if (kept) {
      return {
        status: kept.status,
        body: kept.body,
        headers: { 'idempotent-replayed': 'true', 'idempotency-key': key },
      };
    }
    let answer: Answer | null = null;
    try {
      answer = await this.carryOut(known, url, body);
      return { ...answer, headers: { 'idempotency-key': key } };
    } catch (err) {
      // What was refused for its form, or for the moment, may be sent again with the same key.
      const decided = err instanceof StripeFailure && ![400, 404, 409, 429].includes(err.status);
      if (decided) answer = { status: err.status, body: { error: err.body } };
      throw err;
    } finally {
      this.idempotency.end(key, request, now, answer);
      this.account.store.commit();
    }
  }

  private async carryOut(
    { route, id }: { route: Route; id: string },
    url: URL,
    body: string,
  ): Promise<Answer> {
    const { account } = this;
    const params = checkParameters(route, readParameters(url, body));
    const run = () => {
      keepUp(account);
      const handler = handlers[route] as (
        account: Account,
        call: { params: unknown; id: string; path: string },
      ) => object;
      const result = handler(account, { params, id, path: url.pathname });
      const expand = (params as { expand?: string[] }).expand ?? [];
      const shown = present(result, expand, account);
      account.store.commit();
      return { status: 200, body: shown };
    };
    if (route !== 'POST /v1/billing/meter_events') return run();
    return this.oneAtATime(params as Parameters['POST /v1/billing/meter_events'], run);
  }

  /** Of the events of one customer and meter Stripe takes one at a time. */
  private async oneAtATime(
    params: Parameters['POST /v1/billing/meter_events'],
    run: () => Answer,
  ): Promise<Answer> {
    const owner = ownerOf(this.account, params);
    if (owner === null) return run();
    if (this.metering.has(owner)) {
      throw tooMany(
        'Another meter event for this customer and meter is being processed. Send one at a time.',
        'lock_timeout',
      );
    }
    this.metering.add(owner);
    try {
      await (this.account.faults.meterGate ?? delay(meterEventMs));
      return run();
    } finally {
      this.metering.delete(owner);
    }
  }
}

function routeOf(method: string, path: string): { route: Route; id: string } {
  for (const known of routes) {
    const match = known.method === method ? known.path.exec(path) : null;
    if (match) return { route: known.route, id: decodeURIComponent(match[1] ?? '') };
  }
  throw new StripeFailure(404, {
    type: 'invalid_request_error',
    message: `Unrecognized request URL (${method}: ${path}). The stand-in does not know it; see test/stripe/README.md.`,
  });
}

function readParameters(url: URL, body: string): unknown {
  const query = readForm(url.search.slice(1));
  if (!url.pathname.startsWith('/v2/')) return { ...query, ...readForm(body) };
  return { ...query, ...(body ? (JSON.parse(body) as object) : {}) };
}

function brokenInside(): StripeFailure {
  return new StripeFailure(500, {
    type: 'api_error',
    message: 'An unknown error occurred',
  });
}
