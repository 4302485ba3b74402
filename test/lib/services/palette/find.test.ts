import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { groupsOf } from '#app/(portal)/parts/palette-options.ts';
import { addMs } from '#lib/core/clock.ts';
import { keepFigures } from '#lib/services/figures/keep.ts';
import { findByName } from '#lib/services/palette/find.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld } from '#test/kit/msp.ts';

describe('the palette on the page of a customer', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  it('offers what can be done there first, and what of it needs somebody', async () => {
    const world = await createWorld(db);
    const { tenantId } = await createCustomer(db, world);
    const now = world.clock.now();
    const mailboxId = await createMailbox(db, world, tenantId, {
      lastGoodAt: addMs(now, -12 * 3_600_000),
      lastOutcome: 'done',
    });
    await keepFigures(world.workflow, { tenantId });
    const found = await findByName(world.as('technician'), { words: '', tenantId });
    assert.deepEqual(found.scope, {
      tenantId,
      name: 'Contoso',
      state: 'connected',
      running: false,
    });
    assert.deepEqual(
      found.incidents.map(({ kind, mailbox }) => [kind, mailbox?.id ?? null]),
      [
        ['late', mailboxId],
        ['restore-not-approved', null],
      ],
    );
    const answer = JSON.parse(JSON.stringify(found));
    const acts = [
      { name: 'Back up now', href: '/customers', reason: null },
      { name: 'Search mail', href: '/search', reason: 'Not you.' },
    ];
    const [first, needs] = groupsOf({ acts, answer, words: '', scope: answer.scope, mailboxId });
    const options = first!.options.map(({ name, href, act, reason }) => [name, href, act, reason]);
    assert.deepEqual(options.slice(0, 4), [
      [
        'Search this mailbox',
        `/search?customer=${tenantId}&mailbox=${mailboxId}`,
        undefined,
        'Not you.',
      ],
      ['Back up Contoso now', `/customers/${tenantId}/runs`, 'back-up', null],
      ['Restore mail of Contoso', `/restores/new?customer=${tenantId}`, undefined, null],
      ['Search mail of Contoso', `/search?customer=${tenantId}`, undefined, 'Not you.'],
    ]);
    assert.ok(options.some(([name]) => name === 'Connection of Contoso'));
    assert.match(needs!.options[0]!.name, /^Contoso: Adele Vance is .* late$/);
    const gone = { ...answer, scope: { ...answer.scope, state: 'consent-lost' } };
    const refused = groupsOf({ acts, answer: gone, words: 'back', scope: gone.scope, mailboxId });
    assert.match(refused[0]!.options[0]!.reason!, /not connected/);
    const elsewhere = await findByName(world.as('technician'), { words: '' });
    assert.deepEqual([elsewhere.scope, elsewhere.incidents], [null, []]);
  });
});
