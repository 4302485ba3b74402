import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { operations } from '#app/api/v1/_operations/table.ts';
import { scopesOf } from '#lib/api/operation.ts';
import { keyScopes } from '#lib/auth/roles.ts';
import { newId } from '#lib/core/ids.ts';
import { revokeKey } from '#lib/services/keys/revoke.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { type Ids, makeIds, sampleCall } from './calls.ts';
import { type ApiAnswer, assertPromised, Desk, problemKind, type Send } from './desk.ts';

/** Whose things a key sees: each operation, with ids of its own, of a sibling customer and of another MSP. */
describe('the isolation of keys', () => {
  let db: TestDatabase;
  let desk: Desk;
  let other: Desk;
  let send: Send;
  let mine: Ids;
  let sibling: Ids;
  let foreign: Ids;

  const placeOf = async (at: Desk, by: Send): Promise<Ids> => {
    const { tenantId, mailboxId, itemId } = await at.place();
    const place = { customerId: tenantId, mailboxId, itemId, folder: 'inbox', snapshot: 1 };
    return makeIds(by, place);
  };

  before(async () => {
    db = await createTestDatabase();
    desk = await Desk.open(db);
    const whole = await desk.key();
    const mineTenant = await placeOf(desk, whole.send);
    sibling = await placeOf(desk, whole.send);
    other = await Desk.open(db, 'Southridge Services');
    foreign = await placeOf(other, (await other.key()).send);
    send = (await desk.key({ customers: [mineTenant.customerId] })).send;
    mine = await makeIds(send, mineTenant);
  });
  after(async () => {
    await desk?.close();
    await other?.close();
    await db.close();
  });

  /** Of a key that is bound to some customers, and where no worker makes a plan or an archive. */
  const refusals: Record<string, number> = {
    addCustomer: 403,
    startRestore: 409,
    downloadExport: 409,
    // An account is told to who reaches all of it.
    getStatement: 404,
    getCustomerStatement: 404,
  };

  const told = ({ status, body }: ApiAnswer) => {
    if (status < 400) return { status };
    const { instance: _, ...rest } = body;
    return rest;
  };

  for (const operation of operations) {
    const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map((it) => it[1] as keyof Ids);

    it(`${operation.id}: answers about its own as it promises`, async () => {
      // Steps that end what others look at work on things of their own.
      const ids = operation.id.startsWith('cancel') ? await makeIds(send, mine) : mine;
      const { path, sent } = sampleCall(operation, ids);
      const answer = await send(path, sent);
      assertPromised(operation, answer);
      const refused = refusals[operation.id] ?? operation.status;
      assert.equal(answer.status, refused, JSON.stringify(answer.body));
    });

    it(`${operation.id}: an id of a sibling customer, of another MSP, a missing and a malformed one are one answer`, async () => {
      for (const name of names) {
        const ask = async (id: string) => {
          const { path, sent } = sampleCall(operation, { ...mine, [name]: id });
          return told(await send(path, sent));
        };
        const missing = await ask(newId());
        assert.equal(missing.status, 404, `${operation.id} ${name}`);
        for (const ids of [sibling, foreign]) {
          assert.deepEqual(await ask(String(ids[name])), missing, `${operation.id} ${name}`);
        }
        for (const id of [
          'x',
          '%00',
          '%27--',
          'null',
          '..%2F..',
          mine.customerId.toUpperCase().replace(/\d/, 'z'),
        ]) {
          assert.deepEqual(await ask(id), missing, `${operation.id} ${name} ${id}`);
        }
      }
      for (const ids of [sibling, foreign]) {
        if (names.length === 0) continue;
        const { path, sent } = sampleCall(operation, ids);
        assert.equal((await send(path, sent)).status, 404);
      }
    });

    it(`${operation.id}: ids in its body and its query are no way round`, async () => {
      for (const name of ['mailboxId', 'itemId', 'customerId'] as const) {
        const ask = async (id: string) => {
          // The path stays where it is reached; what is said besides names the other.
          const own = sampleCall(operation, mine);
          const other = sampleCall(operation, { ...mine, [name]: id });
          const query = other.path.split('?')[1];
          const path = own.path.split('?')[0]!;
          return told(await send(query === undefined ? path : `${path}?${query}`, other.sent));
        };
        const says = JSON.stringify(sampleCall(operation, mine));
        const elsewhere = JSON.stringify(sampleCall(operation, { ...mine, [name]: foreign[name] }));
        if (says === elsewhere) continue;
        if (operation.method === 'POST' && sampleCall(operation, mine).sent.body === undefined)
          continue;
        const missing = await ask(newId());
        for (const ids of [sibling, foreign]) assert.deepEqual(await ask(ids[name]), missing);
      }
    });

    it(`${operation.id}: opens to its scopes, to no others and to no fewer`, async () => {
      const scopes = keyScopes.filter((it) => scopesOf(operation).includes(it));
      for (const scope of scopes) {
        const without = await desk.key({ scopes: keyScopes.filter((it) => it !== scope) });
        const { path, sent } = sampleCall(operation, mine);
        assert.equal(problemKind(await without.send(path, sent)), 'forbidden', scope);
      }
      const exact = await desk.key({ scopes });
      const ids = operation.id.startsWith('cancel') ? await makeIds(send, mine) : mine;
      const { path, sent } = sampleCall(operation, ids);
      const answer = await exact.send(path, sent);
      assert.notEqual(answer.status, 401);
      assert.notEqual(answer.status, 403, JSON.stringify(answer.body));
    });
  }

  it('lists hold what the key reaches and nothing else', async () => {
    const { body } = await send('/customers');
    assert.deepEqual(
      body.items.map((it: { id: string }) => it.id),
      [mine.customerId],
    );
    const log = (await send('/audit')).body.items as { customerId: string | null }[];
    assert.ok(log.length > 0);
    assert.ok(log.every(({ customerId }) => customerId === null || customerId === mine.customerId));
  });

  it('a search is of the key that started it', async () => {
    const other = await desk.key();
    const path = `/customers/${mine.customerId}/searches/${mine.searchId}/results`;
    assert.equal((await send(path)).status, 200);
    assert.equal((await other.send(path)).status, 404);
  });

  it('a revoked key opens nothing, whatever it asks', async () => {
    const gone = await desk.key();
    await revokeKey(desk.world.as('owner'), { keyId: gone.keyId });
    for (const operation of operations) {
      const { path, sent } = sampleCall(operation, mine);
      assert.equal((await gone.send(path, sent)).status, 401, operation.id);
    }
  });
});
