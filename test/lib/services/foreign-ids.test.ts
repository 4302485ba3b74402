import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Database, openDatabase } from '#db/client.ts';
import { memberRoles } from '#db/enums.ts';
import { may, type Permission } from '#lib/auth/roles.ts';
import { newId } from '#lib/core/ids.ts';
import { listAudit } from '#lib/services/audit/list.ts';
import { connectStatus } from '#lib/services/connect/status.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { addCustomer } from '#lib/services/customers/add.ts';
import { getCustomer } from '#lib/services/customers/get.ts';
import { listCustomers } from '#lib/services/customers/list.ts';
import { newConnectLink } from '#lib/services/customers/new-link.ts';
import { listFolders } from '#lib/services/folders/list.ts';
import { listFoldersOfAllCopies } from '#lib/services/folders/list-ever.ts';
import { listItems } from '#lib/services/items/list.ts';
import { readItem } from '#lib/services/items/read.ts';
import { getMailbox } from '#lib/services/mailboxes/get.ts';
import { listMailboxes } from '#lib/services/mailboxes/list.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import {
  createCustomer,
  createMailbox,
  createWorld,
  fillMailbox,
  type World,
} from '#test/kit/msp.ts';

interface Ids {
  tenantId: string;
  mailboxId: string;
  itemId: string;
}

/** Every verb that takes an id, and the permission it needs. */
const verbs: {
  name: string;
  permission: Permission;
  takes: (keyof Ids)[];
  call(ctx: ServiceContext, ids: Ids): Promise<unknown>;
}[] = [
  { name: 'customers/get', permission: 'customers.read', takes: ['tenantId'], call: getCustomer },
  {
    name: 'customers/new-link',
    permission: 'customers.connect',
    takes: ['tenantId'],
    call: newConnectLink,
  },
  {
    name: 'mailboxes/list',
    permission: 'customers.read',
    takes: ['tenantId'],
    call: listMailboxes,
  },
  {
    name: 'mailboxes/get',
    permission: 'customers.read',
    takes: ['tenantId', 'mailboxId'],
    call: getMailbox,
  },
  {
    name: 'folders/list',
    permission: 'content.read',
    takes: ['tenantId', 'mailboxId'],
    call: (ctx, ids) => listFolders(ctx, { ...ids, sequence: 1 }),
  },
  {
    name: 'folders/list-ever',
    permission: 'content.read',
    takes: ['tenantId', 'mailboxId'],
    call: listFoldersOfAllCopies,
  },
  {
    name: 'items/list',
    permission: 'content.read',
    takes: ['tenantId', 'mailboxId'],
    call: (ctx, ids) => listItems(ctx, { ...ids, sequence: 1, folderId: 'inbox' }),
  },
  {
    name: 'items/read',
    permission: 'content.read',
    takes: ['tenantId', 'mailboxId', 'itemId'],
    call: readItem,
  },
];

const answer = { code: 'not-found', message: 'Nothing with this id exists here.', data: {} };

describe('whose rows a verb shows', () => {
  let db: TestDatabase;
  let unfenced: Database;
  let world: World;
  let mine: Ids;
  let sibling: Ids;
  let foreign: Ids;

  before(async () => {
    db = await createTestDatabase();
    unfenced = openDatabase(db.url.owner, { connections: 2 });
    world = await createWorld(db);
    const other = await createWorld(db, 'Southridge Services');
    mine = await createPlace(world);
    sibling = await createPlace(world);
    foreign = await createPlace(other);
  });
  after(async () => {
    await unfenced.close();
    await db.close();
  });

  async function createPlace(of: World): Promise<Ids> {
    const { tenantId } = await createCustomer(db, of);
    const mailboxId = await createMailbox(db, of, tenantId);
    const { itemIds } = await fillMailbox(db, of, { tenantId, mailboxId }, 1, [
      { key: 'k', fromSeq: 1 },
    ]);
    return { tenantId, mailboxId, itemId: itemIds.get('k@1')! };
  }

  for (const verb of verbs) {
    // With a superuser's connection no policy of Postgres applies: the verb has to know by itself.
    for (const fences of ['verb and policies', 'verb alone'] as const) {
      it(`${verb.name} (${fences}): a foreign id, one of a sibling customer, a missing and a malformed one get the same answer`, async () => {
        const ctx = { ...world.as('owner'), ...(fences === 'verb alone' ? { db: unfenced } : {}) };
        for (const key of verb.takes) {
          for (const id of [foreign[key], newId(), 'not-an-id', '']) {
            await assert.rejects(verb.call(ctx, { ...mine, [key]: id }), answer, `${key} ${id}`);
          }
          if (key !== 'tenantId') {
            await assert.rejects(verb.call(ctx, { ...mine, [key]: sibling[key] }), answer, key);
          }
        }
        await assert.rejects(verb.call(ctx, foreign), answer);
      });
    }

    it(`${verb.name}: only roles with ${verb.permission} may, and the rest learn nothing about the id`, async () => {
      for (const role of memberRoles.filter((it) => !may(it, verb.permission))) {
        for (const ids of [mine, foreign]) {
          await assert.rejects(verb.call(world.as(role), ids), { code: 'forbidden' }, role);
        }
      }
    });
  }

  it('lists show own customers only, and a foreign waiting page is empty, with and without policies', async () => {
    for (const ctx of [world.as('owner'), { ...world.as('owner'), db: unfenced }]) {
      const rows = await listCustomers(ctx);
      assert.deepEqual(rows.map((row) => row.id).sort(), [mine.tenantId, sibling.tenantId].sort());
      assert.equal(await connectStatus(ctx, { tenantId: foreign.tenantId }), null);
      assert.deepEqual(await listAudit(ctx, { tenantId: foreign.tenantId }), []);
    }
  });

  it('a technician adds customers and reads no audit log; an auditor the other way round', async () => {
    await addCustomer(world.as('technician'), { name: 'Fabrikam' });
    await assert.rejects(listAudit(world.as('technician'), {}), { code: 'forbidden' });
    await assert.rejects(addCustomer(world.as('auditor'), { name: 'Fabrikam' }), {
      code: 'forbidden',
    });
    const log = await listAudit(world.as('auditor'), {});
    assert.ok(
      log.some((event) => event.action === 'customer.add' && event.actorLabel === 'Mira Keller'),
    );
  });
});
