import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { newId } from '#lib/core/ids.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { Desk, problemKind, type Send } from './desk.ts';

/** What a search found, as a set that a program restores or takes away. */
describe('what a search found', () => {
  let db: TestDatabase;
  let desk: Desk;
  let send: Send;
  let tenantId: string;
  let mailboxId: string;
  let search: string;

  before(async () => {
    db = await createTestDatabase();
    desk = await Desk.open(db);
    ({ tenantId, mailboxId } = await desk.place(5));
    await db.owner`update mailboxes set next_seq = 4 where id = ${mailboxId}`;
    ({ send } = await desk.key());
    const made = await send(`/customers/${tenantId}/searches`, {
      body: { from: '2026-01-01T00:00:00Z' },
    });
    search = `/customers/${tenantId}/searches/${made.body.id}`;
  });
  after(async () => {
    await desk?.close();
    await db.close();
  });

  const plan = { destination: { kind: 'original' }, collisions: 'skip' };

  it('is planned to be put back as a whole, or what was chosen of it, once for a key of repetition', async () => {
    const ask = { body: { items: 'all', ...plan }, headers: { 'idempotency-key': 'found-1' } };
    const all = await send(`${search}/restores`, ask);
    assert.deepEqual([all.status, all.body.refused, all.body.restores.length], [202, [], 1]);
    const again = await send(`${search}/restores`, ask);
    assert.deepEqual(again.body, all.body);
    const one = await send(`/customers/${tenantId}/restores/${all.body.restores[0].id}`);
    assert.deepEqual(
      [one.body.selection, one.body.mailboxId, one.body.snapshot],
      [{ kind: 'items', items: 5, folderId: null }, mailboxId, 3],
    );
    const hits = (await send(`${search}/results`)).body.items;
    const items = hits.slice(0, 2).map((hit: { itemId: string }) => hit.itemId);
    const some = await send(`${search}/restores`, { body: { items, ...plan } });
    const two = await send(`/customers/${tenantId}/restores/${some.body.restores[0].id}`);
    assert.equal(two.body.selection.items, 2);
  });

  it('is packed as a whole, and what is packed already is joined', async () => {
    const first = await send(`${search}/exports`, { body: { items: 'all' } });
    assert.deepEqual([first.status, first.body.exports.length], [202, 1]);
    assert.deepEqual(
      (await send(`${search}/exports`, { body: { items: 'all' } })).body,
      first.body,
    );
    const made = await send(`/customers/${tenantId}/exports/${first.body.exports[0].id}`);
    assert.equal(made.body.selection.items, 5);
  });

  it('may be less than there is, and the mailbox says how much less', async () => {
    await db.owner`update mailboxes set items = 5, indexed = 3 where id = ${mailboxId}`;
    const { body } = await send(`/customers/${tenantId}/mailboxes/${mailboxId}`);
    assert.deepEqual([body.items, body.searchable], [5, 3]);
  });

  it('wants the mailbox of a folder', async () => {
    const refused = await send(`/customers/${tenantId}/searches`, { body: { folderId: 'inbox' } });
    assert.equal(problemKind(refused), 'invalid-request');
    assert.equal(refused.body.errors[0].pointer, '#/mailboxId');
    const body = { folderId: 'inbox', mailboxId };
    assert.equal((await send(`/customers/${tenantId}/searches`, { body })).status, 201);
  });

  it('says what is wrong with a choice, and gives nothing of what is not there', async () => {
    for (const items of [[], 'some', ['x'], null]) {
      const refused = await send(`${search}/exports`, { body: { items } });
      assert.equal(problemKind(refused), 'invalid-request');
      assert.match(refused.body.errors[0].pointer, /^#\/items/);
    }
    const missing = await send(`${search}/exports`, { body: { items: [newId()] } });
    assert.equal(problemKind(missing), 'not-found');
    const nothing = await send(`/customers/${tenantId}/searches`, {
      body: { from: '2026-01-01T00:00:00Z', until: '2026-01-01T00:00:00Z' },
    });
    const empty = `/customers/${tenantId}/searches/${nothing.body.id}`;
    for (const [what, body] of [
      ['exports', { items: 'all' }],
      ['restores', { items: 'all', ...plan }],
    ] as const) {
      assert.equal(problemKind(await send(`${empty}/${what}`, { body })), 'conflict');
    }
    const stranger = await desk.key();
    assert.equal(
      (await stranger.send(`${search}/exports`, { body: { items: 'all' } })).status,
      404,
    );
    assert.equal(
      (await stranger.send(`${search}/restores`, { body: { items: 'all', ...plan } })).status,
      404,
    );
  });
});
