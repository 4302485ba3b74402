import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { hrefOfMailboxes, mailboxesOf } from '#app/(portal)/parts/mailboxes-of.ts';
import { type MailboxState, mailboxStates } from '#db/enums.ts';
import { addMs } from '#lib/core/clock.ts';
import { newId } from '#lib/core/ids.ts';
import { getCustomer } from '#lib/services/customers/get.ts';
import { keepFigures } from '#lib/services/figures/keep.ts';
import { listIncidents } from '#lib/services/incidents/list.ts';
import { getMailbox } from '#lib/services/mailboxes/get.ts';
import { listMailboxes } from '#lib/services/mailboxes/list.ts';
import { listMailboxesToLookAt } from '#lib/services/mailboxes/need-a-look.ts';
import {
  healthsToLookAt,
  isShown,
  type MailboxHealth,
  type MailboxShow,
} from '#lib/services/mailboxes/rules.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld, type World } from '#test/kit/msp.ts';

const hour = 3_600_000;

describe('how a mailbox is', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  /** One mailbox of everything that the catalogue can say of one. */
  async function createEvery(world: World, tenantId: string): Promise<void> {
    const now = world.clock.now();
    for (const state of mailboxStates) {
      for (const good of [null, 1, 300]) {
        for (const lastOutcome of [null, 'done', 'done with skips', 'throttled', 'unbalanced']) {
          await createMailbox(db, world, tenantId, {
            state,
            lastOutcome,
            lastGoodAt: good === null ? null : addMs(now, -good * hour),
            displayName: `${state} ${good} ${lastOutcome}`,
            ...(state === 'sealed' && { sealedAt: now, sealedCause: 'user-gone' as const }),
          });
        }
      }
    }
  }

  async function addOpenRun(world: World, tenantId: string, policyId: string): Promise<void> {
    const id = newId();
    const at = world.clock.now().toISOString();
    await db.owner`insert into runs (msp_id, tenant_id, id, policy_id, workflow_id, trigger, state, created_at)
      values (${world.mspId}, ${tenantId}, ${id}, ${policyId}, ${id}, 'schedule', 'running', ${at})`;
  }

  const cases = ['connected', 'consent-lost'].flatMap((state) =>
    [false, true].map((copying) => ({ state: state as 'connected' | 'consent-lost', copying })),
  );

  for (const { state, copying } of cases) {
    it(`is the same in every list and head: ${state}${copying ? ', a run under way' : ''}`, async () => {
      const world = await createWorld(db);
      const { tenantId, policyId } = await createCustomer(db, world, { state });
      await createEvery(world, tenantId);
      if (copying) await addOpenRun(world, tenantId, policyId);
      await keepFigures(world.workflow, { tenantId });
      const ctx = world.as('technician');
      const rows = await listMailboxes(ctx, { tenantId });
      assert.equal(rows.length, 15 * (mailboxStates.length - 1));
      for (const row of rows) {
        const { snapshots: _, ...head } = await getMailbox(ctx, { tenantId, mailboxId: row.id });
        assert.deepEqual(head, row);
        if (row.health === 'good') {
          assert.ok(state === 'connected', 'nothing is good while nothing is copied');
          assert.ok(row.lastGoodAt! >= addMs(world.clock.now(), -9 * hour), row.name);
        }
      }
      const count = (show: MailboxShow, cause: string | null = null) =>
        rows.filter((row) => isShown(row, show, cause)).length;
      const look = await listMailboxesToLookAt(ctx, { tenantId });
      assert.equal(look.total, count('look'));
      const healths = new Map(rows.map(({ id, health }) => [id, health]));
      for (const one of look.mailboxes) assert.equal(one.state, healths.get(one.id));
      const { figures } = await getCustomer(ctx, { tenantId });
      assert.equal(figures.covered, count('covered'));
      assert.equal(figures.total - figures.covered, count('without'));
      assert.equal(figures.sealed, count('sealed'));
      const incidents = await listIncidents(ctx, { tenantId });
      const counted = incidents.filter(({ mailboxes, kind }) => mailboxes > 0 && kind !== 'leaver');
      assert.ok(counted.length > (state === 'connected' ? 3 : 0));
      for (const incident of counted) {
        const { show, cause } = mailboxesOf(incident);
        assert.equal(count(show!, cause ?? null), incident.mailboxes, incident.cause);
      }
      const leaver = incidents.find(({ kind }) => kind === 'leaver')!;
      assert.match(hrefOfMailboxes(leaver), new RegExp(`mailbox=${leaver.mailbox!.id}$`));
    });
  }

  it('says the worst of what is true, and the first copy only while somebody makes it', async () => {
    const world = await createWorld(db);
    const { tenantId, policyId } = await createCustomer(db, world);
    const now = world.clock.now();
    const make = async (
      state: MailboxState,
      age: number | null,
      lastOutcome: string | null,
    ): Promise<() => Promise<MailboxHealth>> => {
      const lastGoodAt = age === null ? null : addMs(now, -age * hour);
      const mailboxId = await createMailbox(db, world, tenantId, {
        ...{ state, lastGoodAt, lastOutcome },
      });
      return async () => (await getMailbox(world.as('auditor'), { tenantId, mailboxId })).health;
    };
    const first = await make('protected', null, null);
    assert.equal(await first(), 'not-covered');
    assert.equal(await (await make('protected', 8, 'done'))(), 'good');
    assert.equal(await (await make('protected', 10, 'done'))(), 'late');
    assert.equal(await (await make('protected', 10, 'done with skips'))(), 'late');
    assert.equal(await (await make('protected', 8, 'done with skips'))(), 'gaps');
    assert.equal(await (await make('protected', 8, 'throttled'))(), 'failed');
    await addOpenRun(world, tenantId, policyId);
    assert.equal(await first(), 'first');
    assert.ok(!(healthsToLookAt as readonly string[]).includes(await first()));
  });
});
