import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type LiveChange, type LiveListener, listenForChanges, parseChange } from '#db/listen.ts';
import { newId } from '#lib/core/ids.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createWorld, type World } from '#test/kit/msp.ts';

/** What the triggers tell, and that it is heard again after the connection was cut. */

describe('changes told by the catalogue', () => {
  let database: TestDatabase;
  let world: World;
  let listener: LiveListener;
  const heard: LiveChange[] = [];
  const states: string[] = [];
  let woken = () => {};

  const until = async (isSo: () => boolean) => {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        woken = resolve;
      });
    }
  };
  const note = () => {
    const wake = woken;
    woken = () => {};
    wake();
  };

  before(async () => {
    database = await createTestDatabase();
    world = await createWorld(database);
    listener = listenForChanges(database.url.app_user, {
      onChange: (change) => {
        heard.push(change);
        note();
      },
      onGap: () => {
        states.push('hears');
        note();
      },
      onDeaf: () => {
        states.push('deaf');
        note();
      },
    });
    await until(() => states.length === 1);
  });

  after(async () => {
    await listener?.close();
    await database?.close();
  });

  const addTenant = async () => {
    const id = newId();
    await database.owner`insert into tenants (id, msp_id, name, created_at)
      values (${id}, ${world.mspId}, 'A name nobody may hear', now())`;
    return id;
  };

  it('a new customer is told by ids alone', async () => {
    const id = await addTenant();
    await until(() => heard.some((change) => change.id === id));
    assert.deepEqual(
      heard.filter((change) => change.id === id),
      [{ topic: 'customer', mspId: world.mspId, tenantId: id, mailboxId: null, id }],
    );
  });

  it('what is rolled back was never told', async () => {
    const lost = newId();
    await database.owner
      .begin(async (sql) => {
        await sql`insert into tenants (id, msp_id, name, created_at)
          values (${lost}, ${world.mspId}, 'lost', now())`;
        throw new Error('rolled back');
      })
      .catch(() => {});
    const next = await addTenant();
    await until(() => heard.some((change) => change.id === next));
    assert.equal(
      heard.some((change) => change.id === lost),
      false,
    );
  });

  it('a session that ends is told by its user, one that is only seen is not', async () => {
    const userId = newId();
    await database.owner`insert into users (id, name, created_at) values (${userId}, 'x', now())`;
    await database.owner`insert into sessions
        (token_hash, id, user_id, administrator, created_at, expires_at)
      values ('\\x01', ${newId()}, ${userId}, false, now(), now())`;
    await database.owner`update sessions set last_seen_at = now() where user_id = ${userId}`;
    await database.owner`delete from sessions where user_id = ${userId}`;
    const next = await addTenant();
    await until(() => heard.some((change) => change.id === next));
    const told = heard.filter((change) => change.id === userId);
    assert.deepEqual(told, [
      { topic: 'session', mspId: null, tenantId: null, mailboxId: null, id: userId },
    ]);
  });

  it('a member whose role changes is told by subject', async () => {
    await database.owner`update members set role = 'auditor' where msp_id = ${world.mspId}`;
    await until(() => heard.some(({ topic }) => topic === 'person'));
    const { mspId, tenantId } = heard.find(({ topic }) => topic === 'person')!;
    assert.deepEqual({ mspId, tenantId }, { mspId: world.mspId, tenantId: null });
  });

  it('a customer that is connected no more, or as another, is told to whoever belongs to it', async () => {
    const id = await addTenant();
    const persons = () => heard.filter((one) => one.topic === 'person' && one.id === id);
    let told = 0;
    for (const change of [
      { state: 'connected', entra_tid: newId() },
      { state: 'consent-lost' },
      { state: 'disconnected' },
      { self_service: 'invited' },
    ]) {
      await database.owner`update tenants set ${database.owner(change)} where id = ${id}`;
      told++;
      await until(() => persons().length === told);
    }
    await database.owner`update tenants set name = 'B' where id = ${id}`;
    const next = await addTenant();
    await until(() => heard.some((change) => change.id === next));
    assert.equal(persons().length, told);
  });

  it('a cut connection is noticed, and made again', async () => {
    await database.owner`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'holdfast live' and datname = current_database()`;
    await until(() => states.at(-1) === 'deaf' || states.length >= 3);
    await until(() => states.at(-1) === 'hears');
    const id = await addTenant();
    await until(() => heard.some((change) => change.id === id));
    assert.deepEqual(states, ['hears', 'deaf', 'hears']);
  });

  it('what anybody with a login may say is not believed', () => {
    const id = '00000000-0000-7000-8000-000000000000';
    assert.equal(parseChange(`run ${id} ${id} - ${id}`)?.id, id);
    for (const payload of [
      '',
      'run',
      `theft ${id} ${id} - ${id}`,
      `run ${id} ${id} -`,
      `run ${id} ${id} - a subject line`,
      `run ${id} ${id} - ${id} more`,
    ]) {
      assert.equal(parseChange(payload), null, payload);
    }
  });
});
