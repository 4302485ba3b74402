import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { auditActions } from '#lib/audit/actions.ts';
import { newId } from '#lib/core/ids.ts';
import { auditActors } from '#lib/services/audit/actors.ts';
import { auditCursor } from '#lib/services/audit/cursor.ts';
import { exportAudit } from '#lib/services/audit/export.ts';
import { auditGroupNames, auditGroups, groupOf } from '#lib/services/audit/groups.ts';
import { listAudit } from '#lib/services/audit/list.ts';
import { verifyAudit } from '#lib/services/audit/verify.ts';
import { audit, type ServiceContext } from '#lib/services/context.ts';
import { inviteStaff } from '#lib/services/invitations/invite-staff.ts';
import { fenced } from '#lib/services/reach.ts';
import { withScope } from '#lib/services/transaction.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld, type World } from '#test/kit/msp.ts';
import { createMember } from '#test/kit/people.ts';

describe('the audit log', () => {
  let db: TestDatabase;
  let world: World;
  let mine: string;
  let sibling: string;
  let mailboxId: string;

  before(async () => {
    db = await createTestDatabase();
    world = await createWorld(db);
    ({ tenantId: mine } = await createCustomer(db, world));
    ({ tenantId: sibling } = await createCustomer(db, world, { name: 'Fabrikam' }));
    mailboxId = await createMailbox(db, world, mine);
    // All in one millisecond, on three chains.
    for (let n = 0; n < 5; n++) {
      for (const tenantId of [mine, sibling, null]) await note(world.as('technician'), tenantId, n);
    }
  });
  after(() => db.close());

  async function note(ctx: ServiceContext, tenantId: string | null, n: number) {
    await withScope(db.user, { mspId: world.mspId, tenantId }, (tx) =>
      audit(ctx, tx, {
        tenantId,
        action: tenantId === null ? 'invitation.create' : 'item.read',
        entity: tenantId === null ? 'invitation' : 'item',
        entityId: newId(),
        facts: tenantId === mine ? { n, mailboxId } : { n },
      }),
    );
  }

  const within = (role: 'auditor' | 'administrator', customers: string[]): ServiceContext => {
    const reach = { customers, mailboxes: 'all' as const };
    const ctx = world.as(role);
    return {
      ...ctx,
      actor: { kind: 'user', userId: newId(), subject: `${newId()}.${newId()}`, role, reach },
      db: fenced(db.user, reach),
    };
  };

  it('every action stands in exactly one group', () => {
    for (const action of auditActions) assert.notEqual(groupOf(action), null, action);
    const all = auditGroupNames.flatMap((name) => [...auditGroups[name]]);
    assert.equal(new Set(all).size, all.length);
  });

  it('pages show every entry once, however many were written in one millisecond', async () => {
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await listAudit(world.as('auditor'), { after, limit: 4 });
      seen.push(...page.map((entry) => `${entry.chainId} ${entry.seq}`));
      after = page.length === 4 ? auditCursor(page.at(-1)!) : undefined;
    } while (after !== undefined);
    assert.equal(seen.length, 15);
    assert.equal(new Set(seen).size, 15);
  });

  it('a place in the log that is none is refused by name, and reads nothing', async () => {
    for (const after of [
      '',
      'x',
      '1.2.3',
      `1.${newId()}`,
      `1.${newId()}.-1`,
      `99999999999999999.${newId()}.1`,
      `1.${newId()}.1.1`,
      `1.${newId()}.1' or true --`,
    ]) {
      await assert.rejects(listAudit(world.as('auditor'), { after }), (err: { code: string }) => {
        assert.equal(err.code, 'input.invalid', after);
        return true;
      });
    }
  });

  it('filters by customer, group and person', async () => {
    const auditor = world.as('auditor');
    const groups = async (filter: object) =>
      (await listAudit(auditor, filter)).map((entry) => `${entry.tenantId} ${entry.action}`);
    assert.deepEqual(new Set(await groups({ tenantId: mine })), new Set([`${mine} item.read`]));
    assert.deepEqual(
      new Set(await groups({ group: 'people' })),
      new Set(['null invitation.create']),
    );
    assert.equal((await groups({ group: 'content' })).length, 10);
    assert.deepEqual(await groups({ group: 'backups' }), []);
    const person = (world.as('owner').actor as { subject: string }).subject;
    assert.equal((await groups({ person })).length, 15);
    assert.deepEqual(await groups({ person: 'system' }), []);
  });

  it('names people, customers and mailboxes as those who look know them', async () => {
    const [entry] = await listAudit(world.as('auditor'), { tenantId: mine });
    assert.deepEqual(
      [entry!.actorLabel, entry!.customerName, entry!.mailboxName],
      ['Mira Keller', 'Contoso', 'Adele Vance'],
    );
    const actors = await auditActors(world.as('auditor'));
    assert.deepEqual(
      actors.staff.map((actor) => actor.name),
      ['Mira Keller'],
    );
  });

  it('who reaches some customers sees the log of those, and nothing of the MSP as a whole', async () => {
    for (const ctx of [within('auditor', [mine]), within('administrator', [mine])]) {
      const rows = await listAudit(ctx, {});
      assert.deepEqual(new Set(rows.map((row) => row.tenantId)), new Set([mine]));
      await assert.rejects(listAudit(ctx, { tenantId: sibling }), { code: 'not-found' });
      // The verb knows it by itself, too.
      const bare = await listAudit({ ...ctx, db: db.user }, {});
      assert.deepEqual(new Set(bare.map((row) => row.tenantId)), new Set([mine]));
      const proof = await verifyAudit(ctx);
      assert.deepEqual([proof.entries, proof.isIntact], [rows.length, true]);
    }
    const both = await listAudit(within('auditor', [mine, sibling]), {});
    assert.ok(both.length >= 10 && both.every((row) => row.tenantId !== null));
    assert.deepEqual(await listAudit(within('auditor', []), {}), []);
  });

  it('only roles that read the log read, check and take it away', async () => {
    for (const role of ['technician', 'billing', 'mailbox-owner'] as const) {
      const ctx = world.as(role);
      for (const act of [
        () => listAudit(ctx, {}),
        () => verifyAudit(ctx),
        () => exportAudit(ctx, {}),
        () => auditActors(ctx),
      ]) {
        await assert.rejects(act(), { code: 'forbidden' });
      }
    }
  });

  it('a file holds the whole log, and that it was taken away is in it', async () => {
    const entries = [];
    for await (const page of await exportAudit(world.as('auditor'), { tenantId: mine })) {
      entries.push(...page);
    }
    assert.equal(entries[0]!.action, 'audit.export');
    assert.equal(entries.length, 6);
    await db.owner`revoke insert on audit_events from app_user`;
    try {
      await assert.rejects(exportAudit(world.as('auditor'), {}));
    } finally {
      await db.owner`grant insert on audit_events to app_user`;
    }
  });

  it('a log that is what was written is found whole, and one that is not is found broken where it is', async () => {
    const other = await createWorld(db, 'Southridge Services');
    const { ctx } = await createMember(db, other, 'owner');
    for (let n = 0; n < 3; n++) await inviteStaff(ctx, { name: `Jon ${n}`, role: 'auditor' });
    const whole = await verifyAudit(ctx);
    assert.deepEqual([whole.entries, whole.isIntact, whole.brokenAt], [3, true, null]);
    assert.ok(whole.since !== null);
    assert.equal((await verifyAudit(ctx, { atMost: 2 })).isIntact, null);
    await db.owner`update audit_events set facts = '{"name":"Eve"}'
      where msp_id = ${other.mspId} and seq = 2`;
    const broken = await verifyAudit(ctx);
    assert.deepEqual(broken.brokenAt, { chainId: other.mspId, seq: 2 });
    await db.owner`delete from audit_events where msp_id = ${other.mspId} and seq = 1`;
    assert.deepEqual((await verifyAudit(ctx)).brokenAt, { chainId: other.mspId, seq: 1 });
  });
});
