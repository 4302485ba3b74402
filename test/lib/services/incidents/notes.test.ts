import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Database } from '#db/client.ts';
import { newId } from '#lib/core/ids.ts';
import { listAudit } from '#lib/services/audit/list.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { keepFigures } from '#lib/services/figures/keep.ts';
import { listIncidents } from '#lib/services/incidents/list.ts';
import { releaseIncident } from '#lib/services/incidents/release.ts';
import { snoozeIncident } from '#lib/services/incidents/snooze.ts';
import { takeIncident } from '#lib/services/incidents/take.ts';
import { wakeIncident } from '#lib/services/incidents/wake.ts';
import { fenced } from '#lib/services/reach.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld, type World } from '#test/kit/msp.ts';

/** What people say to an incident, where something is in the way of saying it. */
describe('notes to incidents', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  /** A customer with one mailbox that does not balance, on a target that is nearly full. */
  async function createTrouble(world: World, name: string) {
    const { tenantId } = await createCustomer(db, world, { name });
    const now = world.clock.now();
    await createMailbox(db, world, tenantId, { lastGoodAt: now, lastOutcome: 'unbalanced' });
    await db.owner`insert into vaults (msp_id, tenant_id, id, target, key_id, free_bytes, created_at)
      values (${world.mspId}, ${tenantId}, ${newId()}, 'file:///vault', 'k', ${2 ** 30}, now())`;
    await keepFigures(world.workflow, { tenantId });
    return tenantId;
  }

  const cause = 'mailboxes-failed:unbalanced';
  const colleagueOf = (ctx: ServiceContext): ServiceContext => ({
    ...ctx,
    actor: { ...ctx.actor, subject: `${newId()}.${newId()}` } as never,
  });
  const acts = async (world: World, tenantId: string) =>
    (await listAudit(world.as('owner'), { tenantId }))
      .map(({ action }) => action)
      .filter((action) => action.startsWith('incident.'));
  const notes = (tenantId: string) =>
    db.owner`select cause, taken_by, snooze_reason from incident_notes where tenant_id = ${tenantId}`;

  it('one of several who take it at once has it; to the others it is said', async () => {
    const world = await createWorld(db);
    const tenantId = await createTrouble(world, 'Contoso');
    const people = Array.from({ length: 4 }, () => colleagueOf(world.as('technician')));
    const tried = await Promise.allSettled(
      people.map((person) => takeIncident(person, { tenantId, cause })),
    );
    const won = tried.findIndex(({ status }) => status === 'fulfilled');
    for (const one of tried.filter(({ status }) => status === 'rejected')) {
      const { code, message } = (one as PromiseRejectedResult).reason;
      assert.deepEqual([code, /has taken it in the meantime/.test(message)], ['conflict', true]);
    }
    assert.equal(tried.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.deepEqual(await acts(world, tenantId), ['incident.take']);
    const [note] = await notes(tenantId);
    assert.equal(note!.taken_by, (people[won]!.actor as { subject: string }).subject);

    // Whoever has it may say so again; whoever lets go of it leaves it to the next.
    await takeIncident(people[won]!, { tenantId, cause });
    await releaseIncident(people[won]!, { tenantId, cause });
    await takeIncident(people[(won + 1) % 4]!, { tenantId, cause });
  });

  it('an answer that is sent twice says the same once more, and sleeps no longer for it', async () => {
    const world = await createWorld(db);
    const tenantId = await createTrouble(world, 'Contoso');
    const me = world.as('technician');
    const sleep = { tenantId, cause, until: '4h' as const, reason: 'The customer knows' };
    await Promise.all([snoozeIncident(me, sleep), snoozeIncident(me, sleep)]);
    assert.equal((await notes(tenantId)).length, 1);
    const [incident] = (await listIncidents(me, { tenantId })).filter((it) => it.cause === cause);
    assert.deepEqual(
      incident!.note!.snoozedUntil,
      new Date(world.clock.now().getTime() + 4 * 3_600_000),
    );
    await wakeIncident(me, { tenantId, cause });
    await wakeIncident(me, { tenantId, cause });
    assert.equal(
      (await listIncidents(me, { tenantId })).some(({ asleep }) => asleep),
      false,
    );
  });

  it('a process that dies in between leaves no note without its entry, and trying again completes it', async () => {
    const world = await createWorld(db);
    const both = [await createTrouble(world, 'Contoso'), await createTrouble(world, 'Litware')];
    const me = world.as('technician');
    let left = 2;
    // The look at the incident and the first note are there; then the database is lost.
    const dying: Database = {
      ...me.db,
      transaction: (act) =>
        left-- > 0 ? me.db.transaction(act) : Promise.reject(new Error('the line is cut')),
    };
    const full = { tenantId: both[0]!, cause: 'storage' };
    await assert.rejects(takeIncident({ ...me, db: dying }, full));
    const count = async () =>
      Promise.all(
        both.map(async (id) => [(await notes(id)).length, (await acts(world, id)).length]),
      );
    assert.deepEqual((await count()).sort(), [
      [0, 0],
      [1, 1],
    ]);
    // A transaction that dies inside, after the note and before its entry.
    const inside: Database = {
      ...me.db,
      transaction: (act) =>
        me.db.transaction(async (tx) => {
          await act(tx);
          throw new Error('killed before it was kept');
        }),
    };
    await assert.rejects(
      snoozeIncident({ ...me, db: inside }, { ...full, until: '1h', reason: 'why' }),
    );
    assert.deepEqual((await count()).sort(), [
      [0, 0],
      [1, 1],
    ]);
    await takeIncident(me, full);
    assert.deepEqual(
      (await count()).map(([kept]) => kept),
      [1, 1],
    );
  });

  it('nobody says anything to what they do not reach, and it looks as if it were not there', async () => {
    const world = await createWorld(db);
    const mine = await createTrouble(world, 'Contoso');
    const sibling = await createTrouble(world, 'Litware');
    const stranger = (await createWorld(db, 'Southridge Services')).as('owner');
    const reach = { customers: [mine], mailboxes: 'all' as const };
    const technician = world.as('technician');
    const assigned: ServiceContext = {
      ...technician,
      actor: { ...technician.actor, reach } as never,
      db: fenced(technician.db, reach),
    };
    for (const [who, tenantId] of [
      [stranger, mine],
      [stranger, newId()],
      [assigned, sibling],
    ] as const) {
      for (const act of [takeIncident, releaseIncident, wakeIncident]) {
        await assert.rejects(act(who, { tenantId, cause }), {
          code: 'not-found',
          message: 'Nothing with this id exists here.',
        });
      }
      await assert.rejects(
        snoozeIncident(who, { tenantId, cause, until: '1h', reason: 'because' }),
        { code: 'not-found' },
      );
    }
    for (const tenantId of [mine, sibling]) {
      assert.deepEqual([(await notes(tenantId)).length, await acts(world, tenantId)], [0, []]);
    }
    // Of a cause that several customers share, only theirs is noted.
    await takeIncident(assigned, { tenantId: mine, cause: 'storage' });
    assert.deepEqual([(await notes(mine)).length, (await notes(sibling)).length], [1, 0]);
    await assert.rejects(takeIncident(world.as('auditor'), { tenantId: mine, cause }), {
      code: 'forbidden',
    });
  });

  it('what is over takes no note', async () => {
    const world = await createWorld(db);
    const tenantId = await createTrouble(world, 'Contoso');
    const me = world.as('technician');
    await db.owner`update mailboxes set last_outcome = 'done' where tenant_id = ${tenantId}`;
    await assert.rejects(takeIncident(me, { tenantId, cause }), {
      code: 'conflict',
      message: /over/,
    });
    assert.equal((await notes(tenantId)).length, 0);
  });
});
