import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { newId } from '#lib/core/ids.ts';
import type { ServiceContext } from '#lib/services/context.ts';
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

  async function createPerson(tenantId: string) {
    const subject = `${newId()}.${newId()}`;
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
    const { tenantId } = await createCustomer(db, world);
    const admin = await createMember(db, world, 'admin');
    const technician = await createMember(db, world, 'technician');
    const person = await createPerson(tenantId);
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
    const { tenantId } = await createCustomer(db, world);
    for (const who of [await createMember(db, world, 'billing'), await createPerson(tenantId)]) {
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
