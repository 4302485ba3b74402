import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sql } from 'drizzle-orm';
import { openDatabase } from '#db/client.ts';
import { mapDatabaseError } from '#db/errors.ts';
import { connectDoors } from '#db/schema/tenants.ts';
import { AppError, describeError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import { withScope } from '#lib/services/transaction.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createWorld, type World } from '#test/kit/msp.ts';

describe('errors of the catalogue', () => {
  let db: TestDatabase;
  let world: World;
  before(async () => {
    db = await createTestDatabase();
    world = await createWorld(db);
  });
  after(() => db.close());

  it('never carry SQL, values or names of rows', async () => {
    const { tenantId } = await createCustomer(db, world);
    const secret = 'geheimer Betreff';
    const failures = {
      syntax: sql`selekt ${secret}`,
      'row-level security': sql`insert into msps (id, name, created_at) values (${newId()}, ${secret}, now())`,
      'foreign key': sql`insert into runs (msp_id, tenant_id, id, policy_id, workflow_id, trigger, state, created_at)
        values (${world.mspId}, ${tenantId}, ${newId()}, ${newId()}, ${secret}, 'manual', 'queued', now())`,
      cast: sql`select ${secret}::int`,
    };
    for (const [what, statement] of Object.entries(failures)) {
      const err = await withScope(db.user, { mspId: world.mspId, tenantId }, (tx) =>
        tx.execute(statement),
      ).then(
        () => assert.fail(what),
        (reason: unknown) => reason,
      );
      assert.ok(err instanceof AppError, what);
      const told = `${describeError(err)} ${JSON.stringify(err.data)} ${err.stack}`;
      assert.ok(!told.includes(secret) && !/insert into|selekt|select /.test(told), told);
    }
  });

  it('a value that is taken is a conflict, and does not say by whom', async () => {
    const { tenantId } = await createCustomer(db, world);
    const door = { hash: newId(), mspId: world.mspId, tenantId, linkId: newId() };
    await db.owner.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await tx`insert into connect_doors (hash, msp_id, tenant_id, link_id)
        values (${door.hash}, ${newId()}, ${newId()}, ${newId()})`;
    });
    await assert.rejects(
      withScope(db.user, { mspId: world.mspId, tenantId }, (tx) =>
        tx.insert(connectDoors).values(door),
      ),
      { code: 'conflict', message: 'Something with these values exists already.' },
    );
  });

  it('a text with NUL is bad input, whether it is looked for or to be kept', async () => {
    for (const statement of [
      sql`select 1 from msps where name = ${'a\0b'}`,
      sql`select ${JSON.stringify({ reason: 'a\0b' })}::jsonb`,
    ]) {
      await assert.rejects(
        withScope(db.user, { mspId: world.mspId, tenantId: null }, (tx) => tx.execute(statement)),
        { code: 'input.invalid', message: 'This text has characters that cannot be stored.' },
      );
    }
  });

  it('a server that crashed, a network that went, a pooler without one: all can be asked again', () => {
    const failed = (code: string) =>
      mapDatabaseError(Object.assign(new Error(code), { name: 'PostgresError', code })) as AppError;
    for (const code of ['57P02', '53100', '08006', '25P03', 'ETIMEDOUT', 'ENOTFOUND', 'EPIPE']) {
      assert.equal(failed(code).retryable, true, code);
    }
    assert.equal(failed('42501').retryable, false);
  });

  it('a server that is away can be asked again; what a verb throws itself passes unchanged', async () => {
    const away = openDatabase('postgres://app_user:x@127.0.0.1:9/x', { connections: 1 });
    await assert.rejects(
      withScope(away, { mspId: newId(), tenantId: null }, async () => {}),
      { code: 'internal', retryable: true },
    );
    await away.close();
    const own = new AppError('not-found', 'Nothing here.');
    await assert.rejects(
      withScope(db.user, { mspId: newId(), tenantId: null }, async () => {
        throw own;
      }),
      (err) => err === own,
    );
  });
});
