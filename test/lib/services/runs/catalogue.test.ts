import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openFolders, saveFolders } from '#lib/services/runs/catalogue.ts';
import { withScope } from '#lib/services/transaction.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld } from '#test/kit/msp.ts';

describe('the catalogue of a mailbox', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  it('takes more folders than fit into one statement', async () => {
    const world = await createWorld(db);
    const { tenantId } = await createCustomer(db, world);
    const mailboxId = await createMailbox(db, world, tenantId);
    const key = { mspId: world.mspId, tenantId, mailboxId };
    const present = Array.from({ length: 7000 }, (_, n) => {
      return { id: `f${n}`, parentId: null, name: `F${n}`, type: 'IPF.Note', wellKnown: null };
    });
    const open = await withScope(db.worker, key, async (tx) => {
      await saveFolders(tx, key, 1, present);
      return openFolders(tx, key);
    });
    assert.equal(open.length, 7000);
  });
});
