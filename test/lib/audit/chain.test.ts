import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { firstBreak } from '#lib/audit/chain.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { newId } from '#lib/core/ids.ts';
import { loadChain } from '#lib/services/audit/store.ts';
import { withScope } from '#lib/services/transaction.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createWorld } from '#test/kit/msp.ts';

describe('the audit chain', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  /** A customer with this many entries, written by many transactions at once. */
  async function createLog(entries: number) {
    const world = await createWorld(db);
    const { tenantId } = await createCustomer(db, world);
    const scope = { mspId: world.mspId, tenantId };
    await Promise.all(
      Array.from({ length: entries }, (_, index) =>
        withScope(index % 2 === 0 ? db.user : db.worker, scope, (tx) =>
          recordAudit(tx, {
            ...scope,
            at: world.clock.now(),
            actorKind: 'user',
            actor: 'somebody',
            action: 'run.start',
            entity: 'run',
            entityId: newId(),
            facts: { b: index, a: 'x', nested: null },
          }),
        ),
      ),
    );
    const load = () => withScope(db.user, scope, (tx) => loadChain(tx, world.mspId, tenantId));
    return { world, tenantId, load };
  }

  it('holds every entry once and in order, however many write at the same time', async () => {
    const { load } = await createLog(30);
    const chain = await load();
    assert.deepEqual(
      chain.map((link) => link.seq),
      Array.from({ length: 30 }, (_, index) => index + 1),
    );
    assert.equal(firstBreak(chain), null);
  });

  it('shows which entry was changed, taken out or put in, even by the owner of the database', async () => {
    const { tenantId, load } = await createLog(6);
    const tampering: [string, number][] = [
      [`update audit_events set facts = '{"b": 99}' where chain_id = '${tenantId}' and seq = 4`, 4],
      [`update audit_events set actor = 'nobody' where chain_id = '${tenantId}' and seq = 2`, 2],
      [
        `update audit_events set at = at + interval '1 second' where chain_id = '${tenantId}' and seq = 1`,
        1,
      ],
      [`delete from audit_events where chain_id = '${tenantId}' and seq = 3`, 3],
      [
        `update audit_events set hash = previous_hash where chain_id = '${tenantId}' and seq = 5`,
        5,
      ],
    ];
    for (const [statement, broken] of tampering) {
      await db.owner
        .begin(async (tx) => {
          await tx.unsafe(statement);
          const rows = await tx.unsafe(
            `select * from audit_events where chain_id = '${tenantId}' order by seq`,
          );
          const links = rows.map((row) => ({
            mspId: row.msp_id,
            chainId: row.chain_id,
            seq: Number(row.seq),
            tenantId: row.tenant_id,
            at: new Date(row.at),
            action: row.action,
            actorKind: row.actor_kind,
            actor: row.actor,
            entity: row.entity,
            entityId: row.entity_id,
            facts: row.facts,
            previousHash: row.previous_hash,
            hash: row.hash,
          }));
          assert.equal(firstBreak(links), broken, statement);
          throw new Error('undo');
        })
        .catch((err) => assert.equal(err.message, 'undo'));
    }
    assert.equal(firstBreak(await load()), null);
  });

  it('an act and its entry happen both or not at all', async () => {
    const { world, tenantId, load } = await createLog(1);
    const scope = { mspId: world.mspId, tenantId };
    await assert.rejects(
      withScope(db.user, scope, async (tx) => {
        await recordAudit(tx, {
          ...scope,
          at: world.clock.now(),
          actorKind: 'system',
          actor: 'system',
          action: 'run.cancel',
          entity: 'run',
          entityId: null,
        });
        throw new Error('the act failed');
      }),
    );
    assert.equal((await load()).length, 1);
  });
});
