import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { AppRegistration } from './entra/organisations.ts';
import type { StandIn } from './server.ts';

const trusted = new Set<string>();

/** Lets fetch in this process trust the stand-in. */
export function trustStandIn({ facts }: StandIn): void {
  if (trusted.has(facts.caFile)) return;
  trusted.add(facts.caFile);
  const authority = readFileSync(facts.caFile, 'utf8');
  setDefaultCACertificates([...getCACertificates('default'), authority]);
}

export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

// biome-ignore lint/suspicious/noExplicitAny: answers of a service, looked at by tests
type Json = any;

/** One application that calls Graph in one organisation; for tests of the stand-in and with it. */
export class Caller {
  readonly #standIn: StandIn;
  readonly #app: AppRegistration['key'];
  readonly #tid: string;
  #token = '';
  /** Sent with every call; ask for other ids or page sizes here. */
  prefer = 'IdType="ImmutableId"';

  constructor(standIn: StandIn, app: AppRegistration['key'], organisation = 'Contoso') {
    trustStandIn(standIn);
    this.#standIn = standIn;
    this.#app = app;
    this.#tid = standIn.facts.tenants.find(({ name }) => name === organisation)!.tid;
  }

  /** Accepts for the organisation without its pages. */
  consent(): this {
    const app = this.#standIn.directory.apps.find(({ key }) => key === this.#app)!;
    this.#standIn.directory.consent(app, this.#tid);
    return this;
  }

  /** Asks for a token with the secret. */
  async askToken(more: Record<string, string> = {}): Promise<Answer<Json>> {
    const { loginUrl, graphUrl, apps } = this.#standIn.facts;
    const res = await fetch(`${loginUrl}/${this.#tid}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: apps[this.#app].clientId,
        client_secret: apps[this.#app].clientSecret,
        grant_type: 'client_credentials',
        scope: `${graphUrl}/.default`,
        ...more,
      }),
    });
    return { status: res.status, headers: res.headers, body: await res.json() };
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    if (this.#token === '') this.#token = (await this.askToken()).body.access_token ?? 'none';
    const url = path.startsWith('https:') ? path : `${this.#standIn.facts.graphUrl}/v1.0${path}`;
    const headers = { authorization: `Bearer ${this.#token}`, prefer: this.prefer };
    return fetch(url, { ...init, headers: { ...headers, ...(init.headers as object) } });
  }

  /** The next call gets a fresh token. */
  forgetToken(): void {
    this.#token = '';
  }

  async get(path: string): Promise<Answer<Json>> {
    return this.send('GET', path);
  }

  async send(method: string, path: string, json?: unknown): Promise<Answer<Json>> {
    const res = await this.fetch(path, {
      method,
      ...(json === undefined
        ? {}
        : { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } }),
    });
    const text = await res.text();
    return {
      status: res.status,
      headers: res.headers,
      body: text === '' ? null : JSON.parse(text),
    };
  }

  async bytes(path: string): Promise<Buffer> {
    const res = await this.fetch(path);
    if (!res.ok) throw new Error(`${path}: ${res.status} ${await res.text()}`);
    return Buffer.from(await res.arrayBuffer());
  }

  /** Every entry of a collection or of one round of changes, and the link for the next round. */
  async all(path: string): Promise<{ entries: Json[]; deltaLink: string | null; pages: number }> {
    const entries: Json[] = [];
    for (let next = path, pages = 1; ; pages++) {
      const { status, body } = await this.get(next);
      if (status !== 200) throw new Error(`${next}: ${status} ${JSON.stringify(body)}`);
      entries.push(...body.value);
      next = body['@odata.nextLink'];
      if (next === undefined)
        return { entries, deltaLink: body['@odata.deltaLink'] ?? null, pages };
    }
  }

  /** User and mailbox of somebody, by name. */
  async mailbox(name: string): Promise<{ user: string; userId: string; exchange: string }> {
    const { body } = await this.get('/users?$top=999');
    const { id } = body.value.find((user: Json) => user.displayName === name);
    const settings = await this.get(`/users/${id}/settings/exchange`);
    return {
      userId: id,
      user: `/users/${id}`,
      exchange: `/admin/exchange/mailboxes/${encodeURIComponent(settings.body.primaryMailboxId)}`,
    };
  }
}
