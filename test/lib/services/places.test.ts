import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { SelfServiceMode } from '#db/enums.ts';
import { newId } from '#lib/core/ids.ts';
import { findPlace } from '#lib/services/places/find.ts';
import { wholeReach } from '#lib/services/reach.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld, type World } from '#test/kit/msp.ts';

describe('where an account belongs', () => {
  let db: TestDatabase;
  let world: World;
  before(async () => {
    db = await createTestDatabase();
    world = await createWorld(db);
  });
  after(() => db.close());

  /** A customer with one mailbox, and the proven subject of the account whose mailbox it is. */
  async function customer(
    mode: SelfServiceMode,
    state: 'connected' | 'disconnected' = 'connected',
  ) {
    const { tenantId, entraTid } = await createCustomer(db, world, { selfService: mode, state });
    const account = newId();
    const mailboxId = await createMailbox(db, world, tenantId, { entraUserId: account });
    if (mode === 'everyone') {
      await db.owner`insert into self_service_doors values (${entraTid}, ${world.mspId}, ${tenantId})`;
    }
    return { tenantId, entraTid, mailboxId, subject: `${entraTid}.${account}` };
  }

  async function enrol(
    home: { tenantId: string },
    subject: string,
    role: 'administrator' | 'mailbox-owner',
    mailboxId: string | null = null,
  ) {
    await db.owner`insert into customer_people
      (msp_id, tenant_id, subject, name, role, mailbox_id, enrolled_at)
      values (${world.mspId}, ${home.tenantId}, ${subject}, 'Adele Vance', ${role}, ${mailboxId}, now())`;
  }

  it('staff reach all customers, or those they are assigned to, and never a list of nothing as all', async () => {
    const { tenantId } = await customer('off');
    for (const [customers, reach] of [
      [null, wholeReach],
      [[tenantId], { customers: [tenantId], mailboxes: 'all' }],
      [[], { customers: [], mailboxes: 'all' }],
    ] as const) {
      const subject = `${newId()}.${newId()}`;
      await db.owner`insert into members (msp_id, subject, name, role, customers, enrolled_at)
        values (${world.mspId}, ${subject}, 'Jon Berg', 'technician', ${customers as string[] | null}, now())`;
      assert.deepEqual(await findPlace(db.user, subject), {
        kind: 'staff',
        mspId: world.mspId,
        mspName: 'Northwind IT',
        role: 'technician',
        reach,
      });
    }
  });

  it('where everybody may help themselves, the account of a mailbox owns it and its archive, and no other', async () => {
    const home = await customer('everyone');
    const account = home.subject.split('.')[1]!;
    const archive = await createMailbox(db, world, home.tenantId, {
      entraUserId: account,
      kind: 'archive',
    });
    await createMailbox(db, world, home.tenantId);
    assert.deepEqual(await findPlace(db.user, home.subject), {
      kind: 'customer',
      mspId: world.mspId,
      mspName: 'Northwind IT',
      tenantId: home.tenantId,
      customerName: 'Contoso',
      role: 'mailbox-owner',
      mailboxId: home.mailboxId,
      reach: { customers: [home.tenantId], mailboxes: [home.mailboxId, archive] },
      enrolled: false,
    });
    // The same object id in another organisation is another account.
    assert.equal(await findPlace(db.user, `${newId()}.${account}`), null);
    assert.equal(await findPlace(db.user, `${home.entraTid}.${newId()}`), null);
  });

  it('where only invited people may, an account with a mailbox alone does not get in', async () => {
    const home = await customer('invited');
    assert.equal(await findPlace(db.user, home.subject), null);
    await enrol(home, home.subject, 'mailbox-owner', home.mailboxId);
    const place = await findPlace(db.user, home.subject);
    assert.deepEqual(place?.reach, { customers: [home.tenantId], mailboxes: [home.mailboxId] });
  });

  it('who came through the door for everybody is out when it closes, and back when it opens', async () => {
    const home = await customer('everyone');
    await enrol(home, home.subject, 'mailbox-owner');
    await db.owner`update customer_people set by_door = true where subject = ${home.subject}`;
    const inside = await findPlace(db.user, home.subject);
    assert.ok(inside?.kind === 'customer' && inside.enrolled);
    await db.owner`delete from self_service_doors where tenant_id = ${home.tenantId}`;
    await db.owner`update tenants set self_service = 'invited' where id = ${home.tenantId}`;
    assert.equal(await findPlace(db.user, home.subject), null);
  });

  it('an administrator reaches every mailbox of the organisation, with or without one of their own', async () => {
    const home = await customer('invited');
    const other = `${home.entraTid}.${newId()}`;
    await enrol(home, home.subject, 'administrator');
    await enrol(home, other, 'administrator');
    for (const [subject, mailboxId] of [
      [home.subject, home.mailboxId],
      [other, null],
    ] as const) {
      const place = await findPlace(db.user, subject);
      assert.ok(place?.kind === 'customer');
      assert.deepEqual(place.reach, { customers: [home.tenantId], mailboxes: 'all' });
      assert.equal(place.mailboxId, mailboxId);
    }
  });

  it('nobody of a customer gets in where self-service is off, or the customer is connected no more', async () => {
    for (const home of [await customer('off'), await customer('everyone', 'disconnected')]) {
      await enrol(home, home.subject, 'administrator');
      assert.equal(await findPlace(db.user, home.subject), null);
    }
  });

  it('an account of another organisation is nobody here, whatever a row says', async () => {
    const home = await customer('everyone');
    const stranger = `${newId()}.${newId()}`;
    await enrol(home, stranger, 'administrator');
    assert.equal(await findPlace(db.user, stranger), null);
  });

  it('whoever left reaches nothing of what they left, and whom it was given to does', async () => {
    for (const mode of ['everyone', 'invited'] as const) {
      const home = await customer(mode);
      const manager = `${home.entraTid}.${newId()}`;
      await enrol(home, home.subject, 'mailbox-owner', home.mailboxId);
      await enrol(home, manager, 'mailbox-owner', home.mailboxId);
      assert.ok(await findPlace(db.user, home.subject));
      await db.owner`update mailboxes set state = 'sealed' where id = ${home.mailboxId}`;
      assert.equal(await findPlace(db.user, home.subject), null);
      const place = await findPlace(db.user, manager);
      assert.deepEqual(place?.reach.mailboxes, [home.mailboxId]);
    }
  });

  it('who was turned away does not come back through the door for everybody', async () => {
    const home = await customer('everyone');
    await enrol(home, home.subject, 'mailbox-owner', home.mailboxId);
    assert.ok(await findPlace(db.user, home.subject));
    await db.owner`update customer_people set disabled_at = now() where subject = ${home.subject}`;
    assert.equal(await findPlace(db.user, home.subject), null);
  });

  it('a change of mode or role holds from the next look on', async () => {
    const home = await customer('invited');
    await enrol(home, home.subject, 'administrator');
    await db.owner`update customer_people set role = 'mailbox-owner' where subject = ${home.subject}`;
    assert.equal((await findPlace(db.user, home.subject))?.role, 'mailbox-owner');
    await db.owner`update tenants set self_service = 'off' where id = ${home.tenantId}`;
    assert.equal(await findPlace(db.user, home.subject), null);
  });
});
