import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { newId } from '#lib/core/ids.ts';
import { listAudit } from '#lib/services/audit/list.ts';
import { enrolMember } from '#lib/services/members/enrol.ts';
import { findMembership } from '#lib/services/members/find.ts';
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
    const found = await findMembership(db.user, subject);
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
