import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { newId } from '#lib/core/ids.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { disableMember } from '#lib/services/members/disable.ts';
import { listMembers } from '#lib/services/members/list.ts';
import { disablePerson } from '#lib/services/people/disable.ts';
import { listPeople } from '#lib/services/people/list.ts';
import { setSelfService } from '#lib/services/people/set-self-service.ts';
import { fenced } from '#lib/services/reach.ts';
import { endSession } from '#lib/services/sessions/end.ts';
import { endAllSessions } from '#lib/services/sessions/end-all.ts';
import { listSessions } from '#lib/services/sessions/list.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createWorld, type World } from '#test/kit/msp.ts';
import { createMember, createSession, sessionsOf } from '#test/kit/people.ts';

describe('sessions', () => {
  let db: TestDatabase;
  let world: World;
  before(async () => {
    db = await createTestDatabase();
    world = await createWorld(db);
  });
  after(() => db.close());

  async function createPerson({ tenantId, entraTid }: { tenantId: string; entraTid: string }) {
    const subject = `${entraTid}.${newId()}`;
    await db.owner`insert into customer_people (msp_id, tenant_id, subject, name, role, enrolled_at)
      values (${world.mspId}, ${tenantId}, ${subject}, 'Lee Gu', 'administrator', now())`;
    const reach = { customers: [tenantId], mailboxes: 'all' as const };
    const ctx: ServiceContext = {
      ...world.as('administrator'),
      actor: { kind: 'user', userId: newId(), subject, role: 'administrator', reach },
      db: fenced(db.user, reach),
    };
    return { subject, ctx };
  }

  it('everybody sees their own; those who manage sessions see those of the MSP, and nobody else’s', async () => {
    const home = await createCustomer(db, world, { selfService: 'invited' });
    const admin = await createMember(db, world, 'admin');
    const technician = await createMember(db, world, 'technician');
    const person = await createPerson(home);
    const other = await createWorld(db, 'Southridge Services');
    const foreign = await createMember(db, other, 'owner');
    const ids: Record<string, string> = {};
    for (const [name, who] of Object.entries({ admin, technician, person, foreign })) {
      ids[name] = await createSession(db, who.subject, { browser: 'Firefox on Linux' });
      await createSession(db, who.subject, { expiresAt: '2020-01-01T00:00:00Z' });
    }
    const own = await listSessions(technician.ctx);
    assert.deepEqual(
      own.map((row) => [row.id, row.isOwn]),
      [[ids.technician, true]],
    );
    assert.deepEqual(
      (await listSessions(person.ctx)).map((row) => row.id),
      [ids.person],
    );
    const all = await listSessions(admin.ctx);
    const named = new Map(all.map((row) => [row.id, row]));
    assert.deepEqual(new Set(named.keys()), new Set([ids.admin, ids.technician, ids.person]));
    assert.deepEqual(
      [named.get(ids.person!)?.name, named.get(ids.person!)?.customerName],
      ['Lee Gu', 'Contoso'],
    );
    const sibling = await createCustomer(db, world);
    const reach = { customers: [sibling.tenantId], mailboxes: 'all' as const };
    const near = await listSessions({ ...admin.ctx, db: fenced(db.user, reach) });
    assert.ok(!near.some((row) => row.id === ids.person));
  });

  it('who is assigned to some customers sees and ends those of staff for the same, and of nobody who reaches more', async () => {
    const [mine, sibling] = await Promise.all([1, 2].map(() => createCustomer(db, world)));
    const reach = { customers: [mine!.tenantId], mailboxes: 'all' as const };
    const some = await createMember(db, world, 'admin', reach.customers);
    const near = { ...some.ctx, db: fenced(db.user, reach) };
    const like = await createMember(db, world, 'technician', reach.customers);
    const more = [
      await createMember(db, world, 'admin'),
      await createMember(db, world, 'owner'),
      await createMember(db, world, 'technician', [mine!.tenantId, sibling!.tenantId]),
    ];
    const likeId = await createSession(db, like.subject);
    const listed = async () => new Set((await listSessions(near)).map((row) => row.subject));
    for (const { subject } of more) {
      const sessionId = await createSession(db, subject);
      assert.ok(!(await listed()).has(subject));
      await assert.rejects(endSession(near, { sessionId }), { code: 'not-found' });
      await assert.rejects(endAllSessions(near, { subject }), { code: 'not-found' });
      assert.equal(await sessionsOf(db, subject), 1);
    }
    assert.ok((await listed()).has(like.subject));
    await endSession(near, { sessionId: likeId });
    assert.equal(await sessionsOf(db, like.subject), 0);
  });

  it('who left for another MSP, or works for one, is signed in there: the first sees and ends nothing of it', async () => {
    const other = await createWorld(db, 'Southridge Services');
    const home = await createCustomer(db, world, { selfService: 'everyone' });
    const left = await createMember(db, world, 'technician');
    await disableMember(world.as('owner'), { subject: left.subject });
    // Somebody of a customer of the one who is staff of the other.
    const both = await createPerson(home);
    for (const subject of [left.subject, both.subject]) {
      await db.owner`insert into members (msp_id, subject, name, role, enrolled_at)
        values (${other.mspId}, ${subject}, 'Jon Berg', 'owner', now())`;
      const sessionId = await createSession(db, subject);
      const listed = await listSessions(world.as('owner'));
      assert.ok(!listed.some((row) => row.subject === subject));
      await assert.rejects(endSession(world.as('owner'), { sessionId }), { code: 'not-found' });
      await assert.rejects(endAllSessions(world.as('owner'), { subject }), { code: 'not-found' });
    }
    const seen = (await listMembers(world.as('owner'))).find((row) => row.subject === left.subject);
    assert.equal(seen?.lastSeenAt, null);
    const { people } = await listPeople(world.as('owner'), { tenantId: home.tenantId });
    assert.equal(people.find((row) => row.subject === both.subject)?.lastSeenAt, null);
    await disablePerson(world.as('owner'), { tenantId: home.tenantId, subject: both.subject });
    for (const { subject } of [left, both]) assert.equal(await sessionsOf(db, subject), 1);
    // At their MSP, they are.
    const there = await listSessions(other.as('owner'));
    for (const { subject } of [left, both]) {
      assert.ok(there.some((row) => row.subject === subject));
    }
  });

  it('people of a customer that is connected no more are signed in nowhere here', async () => {
    const home = await createCustomer(db, world, { selfService: 'invited' });
    const { subject } = await createPerson(home);
    const sessionId = await createSession(db, subject);
    const isListed = async () =>
      (await listSessions(world.as('owner'))).some((row) => row.subject === subject);
    assert.ok(await isListed());
    await db.owner`update tenants set state = 'disconnected' where id = ${home.tenantId}`;
    assert.ok(!(await isListed()));
    await assert.rejects(endSession(world.as('owner'), { sessionId }), { code: 'not-found' });
    await setSelfService(world.as('owner'), { tenantId: home.tenantId, mode: 'off' });
    assert.equal(await sessionsOf(db, subject), 1);
  });

  it('a session ends at once and once, and the log names whose it was', async () => {
    const technician = await createMember(db, world, 'technician');
    const id = await createSession(db, technician.subject);
    await endSession(world.as('admin'), { sessionId: id });
    assert.equal(await sessionsOf(db, technician.subject), 0);
    await assert.rejects(endSession(world.as('admin'), { sessionId: id }), { code: 'not-found' });
    const [entry] = await db.owner`select action, facts from audit_events
      where msp_id = ${world.mspId} order by seq desc limit 1`;
    assert.deepEqual([entry!.action, entry!.facts.subject], ['session.end', technician.subject]);
  });

  it('one’s own sessions are one’s own in every role, here or everywhere but here', async () => {
    const home = await createCustomer(db, world, { selfService: 'invited' });
    for (const who of [await createMember(db, world, 'billing'), await createPerson(home)]) {
      const [here, there] = [
        await createSession(db, who.subject),
        await createSession(db, who.subject),
      ];
      await createSession(db, who.subject);
      await endSession(who.ctx, { sessionId: there });
      assert.deepEqual(await endAllSessions(who.ctx, { except: here }), { ended: 1 });
      assert.equal(await sessionsOf(db, who.subject), 1);
      assert.deepEqual(await endAllSessions(who.ctx, {}), { ended: 1 });
      assert.deepEqual(await endAllSessions(who.ctx, {}), { ended: 0 });
    }
  });

  it('nobody ends sessions of others without the right to, those of an owner without being one, or those of elsewhere', async () => {
    const other = await createWorld(db, 'Southridge Services');
    const foreign = await createMember(db, other, 'technician');
    const owner = await createMember(db, world, 'owner');
    const technician = await createMember(db, world, 'technician');
    const ends = async (ctx: ServiceContext, subject: string, code: string, ofOne = code) => {
      const sessionId = await createSession(db, subject);
      await assert.rejects(endSession(ctx, { sessionId }), { code: ofOne });
      await assert.rejects(endAllSessions(ctx, { subject }), { code });
      assert.ok((await sessionsOf(db, subject)) > 0);
    };
    // Whose a session is that one may not end is not told either.
    await ends(technician.ctx, owner.subject, 'forbidden', 'not-found');
    await ends(world.as('admin'), owner.subject, 'forbidden');
    await ends(world.as('owner'), foreign.subject, 'not-found');
    await ends(world.as('owner'), `${newId()}.${newId()}`, 'not-found');
    for (const sessionId of [newId(), 'not-an-id']) {
      await assert.rejects(endSession(world.as('owner'), { sessionId }), { code: 'not-found' });
    }
    await endAllSessions(world.as('owner'), { subject: owner.subject });
    assert.equal(await sessionsOf(db, owner.subject), 0);
  });

  it('where the log cannot be written, the session goes on', async () => {
    const { subject } = await createMember(db, world, 'technician');
    const sessionId = await createSession(db, subject);
    await db.owner`revoke insert on audit_events from app_user`;
    try {
      await assert.rejects(endSession(world.as('admin'), { sessionId }));
      await assert.rejects(endAllSessions(world.as('admin'), { subject }));
    } finally {
      await db.owner`grant insert on audit_events to app_user`;
    }
    assert.equal(await sessionsOf(db, subject), 1);
  });
});
