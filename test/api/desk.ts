import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { type ApiContext, answerApi } from '#app/_server/api.ts';
import { apiDocument } from '#app/api/v1/_operations/document.ts';
import { operations } from '#app/api/v1/_operations/table.ts';
import { connections } from '#db/schema/tenants.ts';
import { answerSchema } from '#lib/api/openapi.ts';
import type { Operation } from '#lib/api/operation.ts';
import { problemKinds, problemSchema } from '#lib/api/problem.ts';
import { type KeyScope, keyScopes } from '#lib/auth/roles.ts';
import { Strangers } from '#lib/auth/strangers.ts';
import { systemClock } from '#lib/core/clock.ts';
import { newId } from '#lib/core/ids.ts';
import type { ReadItemInput } from '#lib/jobs/contract.ts';
import { findPreview, type RenderedView, savePreview } from '#lib/services/items/store.ts';
import { createKey } from '#lib/services/keys/create.ts';
import { withScope } from '#lib/services/transaction.ts';
import type { TestDatabase } from '#test/kit/database.ts';
import {
  createCustomer,
  createMailbox,
  createWorld,
  fillMailbox,
  type World,
} from '#test/kit/msp.ts';

export interface ApiAnswer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every form
  body: any;
}

export interface Sent {
  body?: unknown;
  /** Sent as it is, where `body` cannot say it. */
  raw?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
  method?: string;
}

/** One way to send a request to the API and to see its whole answer. */
export type Send = (path: string, sent?: Sent) => Promise<ApiAnswer>;

export function sender(
  ask: (url: string, init: RequestInit) => Promise<Response>,
  origin: string,
  secret?: string,
): Send {
  return async (path, sent = {}) => {
    const json = sent.body === undefined ? undefined : JSON.stringify(sent.body);
    const body = sent.raw ?? json;
    const response = await ask(`${origin}/api/v1${path}`, {
      method: sent.method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...sent.headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const type = response.headers.get('content-type') ?? '';
    const bytes = Buffer.from(await response.arrayBuffer());
    const isJson = /json/.test(type) && bytes.length > 0;
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(bytes.toString()) : bytes,
    };
  };
}

const mime = 'From: Ines Berger <ines@harbour.example>\r\n\r\nsigned copy\r\n';

const view: RenderedView = {
  headers: [['From', 'Ines Berger']],
  text: 'signed copy',
  html: null,
  remote: 0,
  headerLines: [],
  details: null,
  attachments: [{ name: 'contract.pdf', bytes: 10, type: 'application/pdf' }],
  truncated: false,
};

/** The API over a test's world, without a server between. Stories are noted; items are read at once. */
export class Desk {
  readonly world: World;
  readonly #db: TestDatabase;
  /** Where the worker leaves what is to be handed out. */
  readonly #folder: string;
  requestsPerMinute = 1_000_000;
  strangers = new Strangers(systemClock);

  static async open(db: TestDatabase, name?: string): Promise<Desk> {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-desk-'));
    return new Desk(db, await createWorld(db, name), folder);
  }

  constructor(db: TestDatabase, world: World, folder: string) {
    this.#db = db;
    this.#folder = folder;
    this.world = world;
    world.jobs.on('startReadItem', async ({ mspId, tenantId, previewId }: ReadItemInput) => {
      await withScope(db.worker, { mspId, tenantId }, async (tx) => {
        const form = (await findPreview(tx, mspId, tenantId, previewId))?.form;
        const file = await this.#leave(form === 'view' ? null : previewId);
        await savePreview(tx, mspId, tenantId, previewId, file ?? view);
      });
    });
  }

  /** As the worker leaves what is to be handed out. */
  async #leave(name: string | null) {
    if (name === null) return null;
    await writeFile(join(this.#folder, name), mime);
    return { file: name, fileName: 'holdfast-item.eml', bytes: mime.length };
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async key(
    wish: { scopes?: readonly KeyScope[]; customers?: 'all' | string[] } = {},
  ): Promise<{ keyId: string; secret: string; send: Send }> {
    const { scopes = keyScopes, customers = 'all' } = wish;
    const made = await createKey(this.world.as('owner'), {
      ...{ name: 'Test', days: null, customers },
      scopes: [...scopes],
    });
    return { ...made, send: this.sender(made.secret) };
  }

  /** A customer that can be restored to, with one mailbox: three snapshots of some messages. */
  async place(messages = 7): Promise<{ tenantId: string; mailboxId: string; itemId: string }> {
    const db = this.#db;
    const { tenantId } = await createCustomer(db, this.world);
    const mailboxId = await createMailbox(db, this.world, tenantId);
    const createdAt = this.world.clock.now();
    await drizzle(db.owner, { casing: 'snake_case' })
      .insert(connections)
      .values({
        ...{ mspId: this.world.mspId, tenantId, id: newId(), app: 'restore' },
        ...{ state: 'connected', verifiedAt: createdAt, createdAt },
      });
    const versions = Array.from({ length: messages }, (_, index) => ({
      key: `k${index}`,
      fromSeq: 1,
    }));
    const { itemIds } = await fillMailbox(db, this.world, { tenantId, mailboxId }, 3, versions);
    return { tenantId, mailboxId, itemId: itemIds.get('k0@1')! };
  }

  sender(secret?: string): Send {
    const { clock, jobs } = this.world;
    return sender(
      (url, init) =>
        answerApi(new Request(url, init), {
          operations,
          db: this.#db.user,
          clock,
          deps: { jobs, log: this.world.open.deps.log },
          portalUrl: 'http://holdfast.test',
          exportFolder: this.#folder,
          secret: 'a secret of tests, long enough',
          requestsPerMinute: this.requestsPerMinute,
          strangers: this.strangers,
          document: () => apiDocument('http://holdfast.test'),
        }),
      'http://holdfast.test',
      secret,
    );
  }
}

/** Is this an answer that the document promises of the operation, field by field and no field more? */
export function assertPromised(operation: Operation<ApiContext>, answer: ApiAnswer): void {
  const { status, headers, body } = answer;
  const where = `${operation.id} answered ${status} ${JSON.stringify(body)?.slice(0, 600)}`;
  const type = headers.get('content-type');
  if (status >= 400) {
    assertProblem(answer, where);
    return;
  }
  assert.equal(status, operation.status, where);
  assert.match(headers.get('ratelimit') ?? '', /^"key";r=\d+;t=\d+$/, where);
  if (operation.media !== undefined) {
    assert.ok(operation.media.includes(type ?? ''), where);
    assert.match(
      headers.get('content-disposition') ?? '',
      /^attachment; filename="holdfast-/,
      where,
    );
    return;
  }
  assert.match(type ?? '', /^application\/json/, where);
  assert.deepEqual(answerSchema(operation).parse(body), body, where);
}

export function assertProblem(answer: ApiAnswer, where = ''): void {
  assert.equal(answer.headers.get('content-type'), 'application/problem+json', where);
  assert.deepEqual(problemSchema.parse(answer.body), answer.body, where);
  const kind = answer.body.type.replace('urn:holdfast:problem:', '') as keyof typeof problemKinds;
  assert.equal(problemKinds[kind]?.status, answer.status, where);
  assert.equal(answer.body.status, answer.status, where);
  assert.match(answer.body.instance, /^urn:uuid:[0-9a-f-]{36}$/, where);
}

export function problemKind(answer: ApiAnswer): string {
  assertProblem(answer);
  return answer.body.type.replace('urn:holdfast:problem:', '');
}
