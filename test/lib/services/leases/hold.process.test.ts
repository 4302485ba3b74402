import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'drizzle-orm';
import { isAppError } from '#lib/core/errors.ts';
import { withLease } from '#lib/services/leases/hold.ts';
import { releaseLease, takeLease } from '#lib/services/leases/store.ts';
import { withScope } from '#lib/services/transaction.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld, type World } from '#test/kit/msp.ts';

describe('the lease of a mailbox', () => {
  let db: TestDatabase;
  let world: World;
  let tenantId: string;
  before(async () => {
    db = await createTestDatabase();
    world = await createWorld(db);
    ({ tenantId } = await createCustomer(db, world));
  });
  after(() => db?.close());

  const request = (mailboxId: string, owner: string, leaseMs = 60_000) => ({
    tenantId,
    mailboxId,
    owner,
    leaseMs,
  });

  it('lets one story work at a time, and tells the other how long to wait', async () => {
    const mailboxId = await createMailbox(db, world, tenantId);
    await withLease(world.workflow, request(mailboxId, 'run/a'), async () => {
      const second = await withLease(world.workflow, request(mailboxId, 'run/b'), async () => {
        assert.fail('two stories worked on one mailbox');
      });
      assert.equal(second.held, false);
      assert.ok(!second.held && second.waitMs > 50_000 && second.waitMs <= 60_500);
    });
    const later = await withLease(world.workflow, request(mailboxId, 'run/b'), async () => 'in');
    assert.deepEqual(later, { held: true, result: 'in' });
  });

  it('refuses every write of a holder that was overtaken', async () => {
    const mailboxId = await createMailbox(db, world, tenantId);
    const key = { mspId: world.mspId, tenantId, mailboxId };
    await withLease(world.workflow, request(mailboxId, 'run/a'), async (old) => {
      await old.assertHeld();
      // The same story starts over elsewhere, as after a missed heartbeat.
      const again = await withLease(world.workflow, request(mailboxId, 'run/a'), async (fresh) => {
        assert.ok(fresh.epoch > old.epoch);
        await assert.rejects(old.assertHeld(), (err) => isAppError(err, 'lease.lost'));
        await assert.rejects(
          withScope(db.worker, key, (tx) => old.fence(tx)),
          (err) => isAppError(err, 'lease.lost'),
        );
        await fresh.assertHeld();
      });
      assert.equal(again.held, true);
    });
  });

  it('passes to another story when it ran out, and is never younger for it', async () => {
    const mailboxId = await createMailbox(db, world, tenantId);
    const key = { mspId: world.mspId, tenantId, mailboxId };
    const take = (owner: string, ms: number) =>
      withScope(db.worker, key, (tx) => takeLease(tx, key, owner, ms));
    const first = await take('run/a', 60_000);
    assert.equal(await take('run/b', 60_000), undefined);
    await db.owner`update mailbox_leases set expires_at = now() - interval '1 second' where mailbox_id = ${mailboxId}`;
    const second = await take('run/b', 60_000);
    assert.ok(first !== undefined && second !== undefined && second > first);
    // A late goodbye of the first holder does not take the lease from the second.
    await withScope(db.worker, key, (tx) => releaseLease(tx, key, { epoch: first }));
    assert.equal(await take('run/c', 60_000), undefined);
  });

  it('aborts the work when somebody else has taken it', async () => {
    const mailboxId = await createMailbox(db, world, tenantId);
    const key = { mspId: world.mspId, tenantId, mailboxId };
    await withLease(world.workflow, request(mailboxId, 'run/a', 300), async (lease) => {
      // In one transaction: a renewal in between would bring it back to life, and nobody would take it.
      const taken = await withScope(db.worker, key, async (tx) => {
        await tx.execute(
          sql`update mailbox_leases set expires_at = now() - interval '1 hour' where mailbox_id = ${mailboxId}`,
        );
        return await takeLease(tx, key, 'run/b', 60_000);
      });
      assert.ok(taken !== undefined);
      await new Promise<void>((resolve) => {
        if (lease.signal.aborted) resolve();
        lease.signal.addEventListener('abort', () => resolve());
      });
      assert.ok(isAppError(lease.signal.reason, 'lease.lost'));
    });
  });

  it('makes way for a restore that waits, and for none that gave up', async () => {
    const mailboxId = await createMailbox(db, world, tenantId);
    const restore = { ...request(mailboxId, 'restore/a'), urgent: true };
    await withLease(world.workflow, request(mailboxId, 'run/a', 3_000), async (lease) => {
      assert.equal(lease.wanted(), false);
      const refused = await withLease(world.workflow, restore, async () => assert.fail());
      assert.equal(refused.held, false);
      for (let tries = 0; !lease.wanted() && tries < 400; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assert.equal(lease.wanted(), true);
    });
    const backup = () => withLease(world.workflow, request(mailboxId, 'run/a'), async () => 'in');
    const early = await backup();
    assert.ok(!early.held && early.waitMs > 20_000 && early.waitMs <= 30_200);
    const restored = await withLease(world.workflow, restore, async () => 'in');
    assert.deepEqual(restored, { held: true, result: 'in' });
    assert.deepEqual(await backup(), { held: true, result: 'in' });

    await withLease(world.workflow, request(mailboxId, 'run/a'), async () => {
      await withLease(world.workflow, restore, async () => assert.fail());
    });
    assert.equal((await backup()).held, false);
    await db.owner`update mailbox_leases set wanted_until = now() - interval '1 second' where mailbox_id = ${mailboxId}`;
    assert.deepEqual(await backup(), { held: true, result: 'in' });
  });

  it('keeps a story out of what another tenant holds', async () => {
    const mailboxId = await createMailbox(db, world, tenantId);
    const other = await createCustomer(db, world);
    await assert.rejects(
      withLease(
        world.workflow,
        { tenantId: other.tenantId, mailboxId, owner: 'run/a', leaseMs: 1000 },
        async () => {},
      ),
    );
  });
});
