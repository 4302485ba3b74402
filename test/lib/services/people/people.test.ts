import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { newId } from '#lib/core/ids.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { arrive } from '#lib/services/people/arrive.ts';
import { disablePerson } from '#lib/services/people/disable.ts';
import { enablePerson } from '#lib/services/people/enable.ts';
import { listPeople } from '#lib/services/people/list.ts';
import { setSelfService } from '#lib/services/people/set-self-service.ts';
import { findPlace } from '#lib/services/places/find.ts';
import { fenced } from '#lib/services/reach.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld, type World } from '#test/kit/msp.ts';
import { createMember, createSession, sessionsOf } from '#test/kit/people.ts';

describe('people of customers', () => {
  let db: TestDatabase;
  let world: World;
  before(async () => {
    db = await createTestDatabase();
    world = await createWorld(db);
  });
  after(() => db.close());

  async function home() {
    const { tenantId, entraTid } = await createCustomer(db, world);
    const account = newId();
    const mailboxId = await createMailbox(db, world, tenantId, { entraUserId: account });
    return { tenantId, entraTid, mailboxId, subject: `${entraTid}.${account}` };
  }

  /** What the portal does with a request of somebody who came through the door. */
  async function visit(subject: string): Promise<void> {
    const place = await findPlace(db.user, subject);
    assert.ok(place?.kind === 'customer');
    const { mspId, role, reach, tenantId } = place;
    const actor = { kind: 'user' as const, userId: newId(), subject, role, reach };
    const ctx: ServiceContext = { ...world.open, mspId, actor, db: fenced(db.user, reach) };
    await arrive(ctx, { tenantId, displayName: 'Adele Vance' });
  }

  it('the door for everybody opens and closes with the mode, at once', async () => {
    const { tenantId, subject } = await home();
    const ctx = world.as('admin');
    assert.equal(await findPlace(db.user, subject), null);
    await setSelfService(ctx, { tenantId, mode: 'everyone' });
    await setSelfService(ctx, { tenantId, mode: 'everyone' });
    assert.equal((await findPlace(db.user, subject))?.role, 'mailbox-owner');
    await setSelfService(ctx, { tenantId, mode: 'invited' });
    assert.equal(await findPlace(db.user, subject), null);
    await setSelfService(ctx, { tenantId, mode: 'everyone' });
    await setSelfService(ctx, { tenantId, mode: 'off' });
    assert.equal(await findPlace(db.user, subject), null);
    const log = await db.owner`select facts from audit_events
      where tenant_id = ${tenantId} and action = 'self-service.set' order by seq`;
    assert.deepEqual(
      log.map((row) => [row.facts.before, row.facts.mode]),
      [
        ['off', 'everyone'],
        ['everyone', 'invited'],
        ['invited', 'everyone'],
        ['everyone', 'off'],
      ],
    );
  });

  it('who comes through the door is in the list once, however often and at once they come', async () => {
    const { tenantId, subject } = await home();
    await setSelfService(world.as('admin'), { tenantId, mode: 'everyone' });
    await Promise.all([1, 2, 3, 4].map(() => visit(subject)));
    const { people } = await listPeople(world.as('technician'), { tenantId });
    assert.deepEqual(
      people.map((person) => [person.subject, person.name, person.role, person.byDoor]),
      [[subject, 'Adele Vance', 'mailbox-owner', true]],
    );
    const log = await db.owner`select 1 from audit_events
      where tenant_id = ${tenantId} and action = 'person.arrive'`;
    assert.equal(log.length, 1);
  });

  it('who is turned away is out at once and signed out, and stays out while everybody else may come', async () => {
    const { tenantId, subject } = await home();
    await setSelfService(world.as('admin'), { tenantId, mode: 'everyone' });
    await visit(subject);
    await createSession(db, subject);
    await disablePerson(world.as('admin'), { tenantId, subject });
    await disablePerson(world.as('admin'), { tenantId, subject });
    assert.equal(await findPlace(db.user, subject), null);
    assert.equal(await sessionsOf(db, subject), 0);
    await enablePerson(world.as('admin'), { tenantId, subject });
    assert.ok(await findPlace(db.user, subject));
  });

  it('switching off signs everybody out; narrowing to the invited only those who were not', async () => {
    const { tenantId, entraTid, subject } = await home();
    const invited = `${entraTid}.${newId()}`;
    await db.owner`insert into customer_people (msp_id, tenant_id, subject, name, role, enrolled_at)
      values (${world.mspId}, ${tenantId}, ${invited}, 'Lee Gu', 'administrator', now())`;
    const ctx = world.as('admin');
    await setSelfService(ctx, { tenantId, mode: 'everyone' });
    await visit(subject);
    for (const one of [subject, invited]) await createSession(db, one);
    await setSelfService(ctx, { tenantId, mode: 'invited' });
    assert.deepEqual([await sessionsOf(db, subject), await sessionsOf(db, invited)], [0, 1]);
    await setSelfService(ctx, { tenantId, mode: 'off' });
    assert.equal(await sessionsOf(db, invited), 0);
    await setSelfService(ctx, { tenantId, mode: 'invited' });
    assert.equal((await findPlace(db.user, invited))?.role, 'administrator');
  });

  it('switching off signs out nobody who works for an MSP, nor who was turned away before', async () => {
    const { tenantId, entraTid } = await home();
    const other = await createWorld(db, 'Southridge Services');
    const ctx = world.as('admin');
    await setSelfService(ctx, { tenantId, mode: 'invited' });
    const subjects: string[] = [];
    for (const disabledAt of [null, world.clock.now().toISOString()]) {
      const subject = `${entraTid}.${newId()}`;
      subjects.push(subject);
      await db.owner`insert into customer_people
          (msp_id, tenant_id, subject, name, role, enrolled_at, disabled_at)
        values (${world.mspId}, ${tenantId}, ${subject}, 'Lee Gu', 'administrator', now(), ${disabledAt})`;
      await createSession(db, subject);
    }
    await db.owner`insert into members (msp_id, subject, name, role, enrolled_at)
      values (${other.mspId}, ${subjects[0]!}, 'Lee Gu', 'owner', now())`;
    await setSelfService(ctx, { tenantId, mode: 'off' });
    for (const subject of subjects) assert.equal(await sessionsOf(db, subject), 1);
  });

  it('a customer that is not connected has no door, since nobody knows its accounts', async () => {
    for (const more of [{ state: 'connecting' as const }, { state: 'disconnected' as const }]) {
      const { tenantId } = await createCustomer(db, world, more);
      for (const mode of ['everyone', 'invited'] as const) {
        await assert.rejects(setSelfService(world.as('owner'), { tenantId, mode }), {
          code: 'conflict',
        });
      }
    }
  });

  it('foreign customers and people are not there, and only roles that manage people change them', async () => {
    const { tenantId, subject } = await home();
    const sibling = await home();
    const other = await createWorld(db, 'Southridge Services');
    const foreign = await createCustomer(db, other);
    const near = await createMember(db, world, 'admin', [sibling.tenantId]);
    for (const [ctx, id] of [
      [world.as('owner'), foreign.tenantId],
      [world.as('owner'), newId()],
      [world.as('owner'), 'not-an-id'],
      [near.ctx, tenantId],
    ] as const) {
      const person = { tenantId: id, subject };
      for (const act of [
        () => setSelfService(ctx, { tenantId: id, mode: 'everyone' }),
        () => disablePerson(ctx, person),
        () => enablePerson(ctx, person),
        () => listPeople(ctx, { tenantId: id }),
      ]) {
        await assert.rejects(act(), { code: 'not-found' });
      }
    }
    await assert.rejects(
      disablePerson(world.as('owner'), { tenantId, subject: `${newId()}.${newId()}` }),
      { code: 'not-found' },
    );
    for (const role of [
      'technician',
      'billing',
      'auditor',
      'administrator',
      'mailbox-owner',
    ] as const) {
      const ctx = world.as(role);
      for (const act of [
        () => setSelfService(ctx, { tenantId, mode: 'everyone' }),
        () => disablePerson(ctx, { tenantId, subject }),
        () => enablePerson(ctx, { tenantId, subject }),
      ]) {
        await assert.rejects(act(), { code: 'forbidden' });
      }
    }
    assert.equal(await findPlace(db.user, subject), null);
  });
});
