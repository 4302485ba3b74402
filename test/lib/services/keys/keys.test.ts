import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { keyScopes, may } from '#lib/auth/roles.ts';
import { isAppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import { listAudit } from '#lib/services/audit/list.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { authenticateKey } from '#lib/services/keys/authenticate.ts';
import { claimAnswer, keepAnswer, releaseAnswer } from '#lib/services/keys/claim-answer.ts';
import { createKey } from '#lib/services/keys/create.ts';
import { listKeys } from '#lib/services/keys/list.ts';
import { revokeKey } from '#lib/services/keys/revoke.ts';
import { allowanceOf } from '#lib/services/keys/rules.ts';
import { fenced, type Reach } from '#lib/services/reach.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createWorld, type World } from '#test/kit/msp.ts';
import { createMember } from '#test/kit/people.ts';

const plenty = allowanceOf(1_000_000);
const wish = {
  name: 'Reports',
  scopes: ['customers.read' as const],
  customers: 'all' as const,
  days: null,
};

describe('API keys', () => {
  let db: TestDatabase;
  let world: World;
  let mine: string;
  let sibling: string;
  let foreign: string;

  before(async () => {
    db = await createTestDatabase();
    world = await createWorld(db);
    const other = await createWorld(db, 'Southridge Services');
    mine = (await createCustomer(db, world)).tenantId;
    sibling = (await createCustomer(db, world, { name: 'Fabrikam' })).tenantId;
    foreign = (await createCustomer(db, other)).tenantId;
  });
  after(() => db.close());

  const enter = (secret: string, allowance = plenty) =>
    authenticateKey({ db: db.user, clock: world.clock }, secret, allowance);
  const refused = (pattern: RegExp) => (err: unknown) =>
    isAppError(err, 'unauthenticated') && pattern.test(err.message);
  const within = (ctx: ServiceContext, reach: Reach): ServiceContext => ({
    ...ctx,
    db: fenced(ctx.db, reach),
    actor: { ...ctx.actor, reach } as ServiceContext['actor'],
  });

  it('are shown once, kept as a hash, and open the MSP they were made in', async () => {
    const { keyId, secret } = await createKey(world.as('owner'), wish);
    assert.match(secret, /^hfk_[\w-]{43}$/);
    const [row] = await db.owner`select * from api_keys where id = ${keyId}`;
    assert.doesNotMatch(JSON.stringify(row), new RegExp(secret.slice(12)));
    const holder = await enter(secret);
    assert.equal(holder.mspId, world.mspId);
    assert.deepEqual(holder.actor.scopes, ['customers.read']);
    const listed = (await listKeys(world.as('owner'))).find(({ id }) => id === keyId)!;
    assert.equal(listed.state, 'works');
    assert.equal(listed.prefix, secret.slice(0, 10));
    assert.equal(listed.maker, 'Mira Keller');
    assert.deepEqual(listed.lastUsedAt, world.clock.now());
  });

  it('nothing that is not a key opens anything', async () => {
    const { secret } = await createKey(world.as('owner'), wish);
    for (const text of [
      '',
      'hfk_',
      secret.slice(0, -1),
      `${secret}x`,
      secret.toUpperCase(),
      'x'.repeat(10_000),
    ]) {
      await assert.rejects(enter(text), refused(/no key/));
    }
  });

  it('end when they expire and when they are revoked, at once and for good', async () => {
    const short = await createKey(world.as('owner'), { ...wish, days: 1 });
    await enter(short.secret);
    const other = await createKey(world.as('owner'), wish);
    world.clock.advance(24 * 3_600_000);
    await assert.rejects(enter(short.secret), refused(/expired/));
    await enter(other.secret);
    await revokeKey(world.as('owner'), { keyId: other.keyId });
    await revokeKey(world.as('owner'), { keyId: other.keyId });
    await assert.rejects(enter(other.secret), refused(/revoked/));
    const states = new Map((await listKeys(world.as('owner'))).map(({ id, state }) => [id, state]));
    assert.equal(states.get(short.keyId), 'expired');
    assert.equal(states.get(other.keyId), 'revoked');
    const log = await listAudit(world.as('owner'), {});
    assert.equal(
      log.filter((it) => it.action === 'key.revoke' && it.entityId === other.keyId).length,
      1,
    );
    assert.equal(
      log.filter((it) => it.action === 'key.create' && it.entityId === other.keyId).length,
      1,
    );
  });

  it('hold no more than their maker: scopes, customers, and customers that are there', async () => {
    const admin = world.as('admin');
    const some = within(admin, { customers: [mine], mailboxes: 'all' });
    const { secret } = await createKey(some, { ...wish, customers: [mine] });
    assert.deepEqual((await enter(secret)).actor.reach.customers, [mine]);
    await assert.rejects(createKey(some, wish), (err) => isAppError(err, 'forbidden'));
    await assert.rejects(createKey(some, { ...wish, customers: [mine, sibling] }), (err) =>
      isAppError(err, 'not-found'),
    );
    for (const customers of [[foreign], [newId()], [mine, foreign], ['nonsense']]) {
      await assert.rejects(createKey(admin, { ...wish, customers }), (err) =>
        isAppError(err, 'not-found'),
      );
    }
    for (const role of [
      'technician',
      'billing',
      'auditor',
      'administrator',
      'mailbox-owner',
    ] as const) {
      await assert.rejects(createKey(world.as(role), wish), (err) => isAppError(err, 'forbidden'));
      await assert.rejects(listKeys(world.as(role)), (err) => isAppError(err, 'forbidden'));
    }
    await assert.rejects(
      createKey(world.as('owner'), { ...wish, scopes: ['keys.manage' as never] }),
      (err) => isAppError(err, 'input.invalid'),
    );
  });

  it('are seen and ended by who reaches all that they reach, and by who made them', async () => {
    const owner = world.as('owner');
    const { subject, ctx } = await createMember(db, world, 'admin', [mine]);
    const some = within(ctx, { customers: [mine], mailboxes: 'all' });
    const near = await createKey(owner, { ...wish, customers: [mine] });
    const far = [
      await createKey(owner, wish),
      await createKey(owner, { ...wish, customers: [mine, sibling] }),
      await createKey(owner, { ...wish, customers: [sibling] }),
    ];
    const own = await createKey(some, { ...wish, customers: [mine] });
    await db.owner`update api_keys set customers = null where id = ${own.keyId}`;
    const seen = (await listKeys(some)).map(({ id }) => id);
    assert.ok(seen.includes(near.keyId) && seen.includes(own.keyId));
    for (const { keyId, secret } of far) {
      assert.ok(!seen.includes(keyId));
      await assert.rejects(revokeKey(some, { keyId }), { code: 'not-found' });
      await enter(secret);
    }
    for (const { keyId } of [near, own]) await revokeKey(some, { keyId });
    await db.owner`delete from members where subject = ${subject}`;
  });

  it('lose what their maker loses, and end with them', async () => {
    const { mspId } = world;
    const owner = world.as('owner');
    const subject = owner.actor.kind === 'user' ? owner.actor.subject : '';
    const { secret, keyId } = await createKey(owner, { ...wish, scopes: [...keyScopes] });
    const set = async (change: Record<string, unknown>) => {
      await db.owner`update members set ${db.owner(change)} where msp_id = ${mspId} and subject = ${subject}`;
    };
    try {
      await set({ role: 'auditor', customers: [mine] });
      const { actor } = await enter(secret);
      assert.deepEqual(
        actor.scopes,
        keyScopes.filter((scope) => may('auditor', scope)),
      );
      assert.deepEqual(actor.reach.customers, [mine]);
      await set({ role: 'owner', customers: null, disabled_at: world.clock.now().toISOString() });
      await assert.rejects(enter(secret), refused(/works here no longer/));
      const [listed] = (await listKeys(owner)).filter(({ id }) => id === keyId);
      assert.equal(listed?.state, 'maker-gone');
    } finally {
      await set({ role: 'owner', customers: null, disabled_at: null });
    }
  });

  it('have a bucket that requests at once cannot overdraw, and that fills with time', async () => {
    const { secret } = await createKey(world.as('owner'), wish);
    const allowance = { size: 5, perSecond: 1 };
    const left = await Promise.all(
      Array.from({ length: 12 }, async () => (await enter(secret, allowance)).left),
    );
    assert.equal(left.filter((it) => it >= 0).length, 5);
    assert.ok(left.every((it) => it >= 0 || (it < 0 && it >= -1)));
    world.clock.advance(2_000);
    const again = await Promise.all(
      Array.from({ length: 4 }, async () => (await enter(secret, allowance)).left),
    );
    assert.equal(again.filter((it) => it >= 0).length, 2);
  });

  it('let one of several equal requests go on, and repeat its answer for a day', async () => {
    const { secret } = await createKey(world.as('owner'), wish);
    const { mspId, actor } = await enter(secret);
    const ctx: ServiceContext = { ...world.open, mspId, actor };
    const claim = { idempotencyKey: 'one', requestHash: 'a' };
    const kinds = async () => (await claimAnswer(ctx, claim)).kind;
    const first = await Promise.all([kinds(), kinds(), kinds(), kinds()]);
    assert.deepEqual(first.sort(), ['at-work', 'at-work', 'at-work', 'mine']);
    assert.equal((await claimAnswer(ctx, { ...claim, requestHash: 'b' })).kind, 'another-request');
    const answer = { status: 202, body: { sealed: 'x' }, location: null };
    await keepAnswer(ctx, 'one', answer);
    assert.deepEqual(await claimAnswer(ctx, claim), { kind: 'answered', answer });
    world.clock.advance(24 * 3_600_000 + 1);
    assert.equal(await kinds(), 'mine');
    world.clock.advance(60_001);
    assert.equal(await kinds(), 'lost');
    await releaseAnswer(ctx, 'one');
    assert.equal(await kinds(), 'mine');
    // Another key of the same MSP has claims of its own.
    const other = await enter((await createKey(world.as('owner'), wish)).secret);
    assert.equal((await claimAnswer({ ...ctx, actor: other.actor }, claim)).kind, 'mine');
  });
});
