import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { newId } from '#lib/core/ids.ts';
import { listAudit } from '#lib/services/audit/list.ts';
import { enrolMember } from '#lib/services/members/enrol.ts';
import { findPlace } from '#lib/services/places/find.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createWorld } from '#test/kit/msp.ts';

describe('members', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  it('an enrolled account works for this MSP with its newest role, and the log says who let it in', async () => {
    const world = await createWorld(db);
    const subject = `${newId()}.${newId()}`;
    const member = { subject, name: 'Jon Berg' };
    await enrolMember(world.as('owner'), { ...member, role: 'auditor' });
    await enrolMember(world.as('admin'), { ...member, role: 'technician' });
    const found = await findPlace(db.user, subject);
    assert.deepEqual([found?.mspId, found?.role], [world.mspId, 'technician']);
    const log = await listAudit(world.as('auditor'), {});
    assert.deepEqual(
      log.map((event) => [event.action, event.facts.role]),
      [
        ['member.enrol', 'technician'],
        ['member.enrol', 'auditor'],
      ],
    );
  });

  it('an admin makes no owner, of nobody and least of himself, and unmakes none', async () => {
    const world = await createWorld(db);
    const admin = world.as('admin');
    const owner = world.as('owner').actor as { subject: string };
    const stranger = { subject: `${newId()}.${newId()}`, name: 'Jon Berg' };
    for (const wish of [
      { ...stranger, role: 'owner' as const },
      { subject: owner.subject, name: 'Mira Keller', role: 'auditor' as const },
    ]) {
      await assert.rejects(enrolMember(admin, wish), { code: 'forbidden' });
    }
    assert.equal((await findPlace(db.user, owner.subject))?.role, 'owner');
    await enrolMember(world.as('owner'), { ...stranger, role: 'owner' });
    assert.equal((await findPlace(db.user, stranger.subject))?.role, 'owner');
  });

  it('an address is no account, and a technician lets nobody in', async () => {
    const world = await createWorld(db);
    const person = { name: 'Jon Berg', role: 'technician' as const };
    for (const subject of ['jon@northwind.example', '', newId(), `${newId()}.`]) {
      await assert.rejects(enrolMember(world.as('owner'), { ...person, subject }), {
        code: 'input.invalid',
      });
    }
    await assert.rejects(
      enrolMember(world.as('technician'), { ...person, subject: `${newId()}.${newId()}` }),
      { code: 'forbidden' },
    );
  });
});
