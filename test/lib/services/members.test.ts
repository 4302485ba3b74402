import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { memberRoles } from '#db/enums.ts';
import { may, permissions } from '#lib/auth/roles.ts';
import { newId } from '#lib/core/ids.ts';
import { lookAtLink } from '#lib/services/connect/look.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { addCustomer } from '#lib/services/customers/add.ts';
import { newConnectLink } from '#lib/services/customers/new-link.ts';
import { acceptInvitation } from '#lib/services/invitations/accept.ts';
import { inviteStaff } from '#lib/services/invitations/invite-staff.ts';
import { authenticateKey } from '#lib/services/keys/authenticate.ts';
import { createKey } from '#lib/services/keys/create.ts';
import { allowanceOf } from '#lib/services/keys/rules.ts';
import { assignMember } from '#lib/services/members/assign.ts';
import { disableMember } from '#lib/services/members/disable.ts';
import { listMembers } from '#lib/services/members/list.ts';
import { setMemberRole } from '#lib/services/members/set-role.ts';
import { findPlace } from '#lib/services/places/find.ts';
import { wholeReach } from '#lib/services/reach.ts';
import { createTestDatabase, type TestDatabase, whileHeld } from '#test/kit/database.ts';
import { createCustomer, createWorld, type World } from '#test/kit/msp.ts';
import { createMember, createSession, sessionsOf, signedIn } from '#test/kit/people.ts';

describe('members', () => {
  let db: TestDatabase;
  let world: World;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  const subjectOf = (ctx: { actor: unknown }) => (ctx.actor as { subject: string }).subject;
  const newest = async () =>
    (
      await db.owner`select action, actor, entity_id, facts from audit_events
        where msp_id = ${world.mspId} order by seq desc limit 1`
    )[0]!;

  /** As the newest entry about a member says: each customer has a log of its own beside. */
  const endedLinks = async () =>
    (
      await db.owner`select facts from audit_events
        where msp_id = ${world.mspId} and entity = 'member' order by seq desc limit 1`
    )[0]!.facts.links;

  it('a role changes with the next look, and the log says from what to what', async () => {
    world = await createWorld(db);
    const { subject } = await createMember(db, world, 'auditor');
    await setMemberRole(world.as('admin'), { subject, role: 'technician' });
    assert.equal((await findPlace(db.user, subject))?.role, 'technician');
    const entry = await newest();
    assert.deepEqual(
      [entry.action, entry.actor, entry.entity_id, entry.facts.before, entry.facts.role],
      ['member.set-role', subjectOf(world.as('admin')), subject, 'auditor', 'technician'],
    );
  });

  it('an admin makes no owner, of nobody and least of himself, and unmakes none', async () => {
    world = await createWorld(db);
    const admin = await createMember(db, world, 'admin');
    const owner = await createMember(db, world, 'owner');
    for (const act of [
      () => setMemberRole(admin.ctx, { subject: admin.subject, role: 'owner' }),
      () => setMemberRole(admin.ctx, { subject: owner.subject, role: 'auditor' }),
      () => disableMember(admin.ctx, { subject: owner.subject }),
    ]) {
      await assert.rejects(act(), { code: 'forbidden' });
    }
    assert.equal((await findPlace(db.user, owner.subject))?.role, 'owner');
    await setMemberRole(owner.ctx, { subject: admin.subject, role: 'owner' });
    assert.equal((await findPlace(db.user, admin.subject))?.role, 'owner');
  });

  it('an admin makes nobody what an admin is not, neither by a role nor by a link', async () => {
    world = await createWorld(db);
    const admin = await createMember(db, world, 'admin');
    const { subject } = await createMember(db, world, 'technician');
    for (const role of memberRoles) {
      const grantable = permissions.every((it) => !may(role, it) || may('admin', it));
      assert.equal(grantable, role !== 'owner' && role !== 'billing');
      const acts = [
        () => setMemberRole(admin.ctx, { subject, role }),
        () => inviteStaff(admin.ctx, { name: 'Jon Berg', role }),
      ];
      for (const act of acts) {
        if (grantable) await act();
        else await assert.rejects(act(), { code: 'forbidden' });
      }
    }
    await assert.rejects(setMemberRole(admin.ctx, { subject: admin.subject, role: 'billing' }), {
      code: 'forbidden',
    });
    // What they handed out as an owner and may not as an admin ends with the role.
    const owner = await createMember(db, world, 'owner');
    for (const role of memberRoles) await inviteStaff(owner.ctx, { name: 'Jon Berg', role });
    await setMemberRole(world.as('owner'), { subject: owner.subject, role: 'admin' });
    const open = await db.owner`select role from invitations
      where created_by = ${owner.subject} and revoked_at is null order by role`;
    assert.deepEqual(open.map(({ role }) => role).sort(), ['admin', 'auditor', 'technician']);
  });

  it('the last owner stays one, by another hand, by their own, and when two go at once', async () => {
    world = await createWorld(db);
    const first = world.as('owner');
    const subject = subjectOf(first);
    await assert.rejects(setMemberRole(first, { subject, role: 'admin' }), { code: 'conflict' });
    await assert.rejects(disableMember(first, { subject }), { code: 'conflict' });
    for (let round = 0; round < 5; round++) {
      const second = await createMember(db, world, 'owner');
      const pool = db.open('app_user', 2);
      const [one, two] = [first, second.ctx].map((ctx) => ({ ...ctx, db: pool }));
      const ends = await Promise.allSettled([
        setMemberRole(one!, { subject: second.subject, role: 'admin' }),
        round % 2 === 0
          ? setMemberRole(two!, { subject, role: 'admin' })
          : disableMember(two!, { subject }),
      ]);
      assert.deepEqual(ends.map((end) => end.status).sort(), ['fulfilled', 'rejected']);
      const [left] = await db.owner`select count(*)::int as n from members
        where msp_id = ${world.mspId} and role = 'owner' and disabled_at is null`;
      assert.equal(left!.n, 1);
      await db.owner`delete from members where msp_id = ${world.mspId} and subject <> ${subject}`;
      await db.owner`update members set role = 'owner', disabled_at = null where subject = ${subject}`;
    }
  });

  it('who is let in no more is out at once: no place, no session, and the log counts them', async () => {
    world = await createWorld(db);
    const { subject } = await createMember(db, world, 'technician');
    const stranger = `${newId()}.${newId()}`;
    for (const one of [subject, subject, stranger]) await createSession(db, one);
    await disableMember(world.as('admin'), { subject });
    assert.equal(await findPlace(db.user, subject), null);
    assert.equal(await sessionsOf(db, subject), 0);
    assert.equal(await sessionsOf(db, stranger), 1);
    assert.equal((await newest()).facts.sessions, 2);
    await assert.rejects(disableMember(world.as('admin'), { subject }), { code: 'not-found' });
  });

  it('the keys of who is let in no more end with them, and no new invitation revives them', async () => {
    world = await createWorld(db);
    const { subject, ctx } = await createMember(db, world, 'admin');
    const wish = { scopes: ['customers.read' as const], customers: 'all' as const };
    const { secret } = await createKey(ctx, { ...wish, name: 'Reports', days: null });
    await createKey(ctx, { ...wish, name: 'Short', days: 1 });
    const other = await createKey(world.as('owner'), { ...wish, name: 'Other', days: null });
    const enter = (key: string) =>
      authenticateKey({ db: db.user, clock: world.clock }, key, allowanceOf(600));
    await enter(secret);
    world.clock.advance(2 * 24 * 3_600_000);
    await disableMember(world.as('owner'), { subject });
    assert.equal((await newest()).facts.keys, 1);
    await assert.rejects(enter(secret), { code: 'unauthenticated' });
    world.clock.advance(1);
    const staff = { name: 'Jon Berg', role: 'technician' as const };
    const { token } = await inviteStaff(world.as('owner'), staff);
    await acceptInvitation(world.open, token, { ...signedIn(), subject });
    assert.equal((await findPlace(db.user, subject))?.role, 'technician');
    await assert.rejects(enter(secret), { code: 'unauthenticated' });
    await enter(other.secret);
  });

  it('the links to administrators of who may no longer connect end with it, in the log of each customer', async () => {
    world = await createWorld(db);
    const open = async (token: string) =>
      (await lookAtLink(world.open, { token })).refusal?.code !== 'expired';
    const ends = [
      (subject: string) => disableMember(world.as('owner'), { subject }),
      (subject: string) => setMemberRole(world.as('owner'), { subject, role: 'auditor' as const }),
    ];
    for (const end of ends) {
      const { subject, ctx } = await createMember(db, world, 'admin');
      const { keyId } = await createKey(ctx, {
        ...{ scopes: ['customers.connect' as const], customers: 'all' as const },
        ...{ name: 'Onboarding', days: null },
      });
      const byHand = await addCustomer(ctx, { name: 'Contoso' });
      const scopes = ['customers.connect' as const];
      const program = { ...ctx, actor: { kind: 'key' as const, keyId, scopes, reach: wholeReach } };
      const byKey = await addCustomer(program, { name: 'Fabrikam' });
      const others = await addCustomer(world.as('owner'), { name: 'Adatum' });
      await end(subject);
      assert.deepEqual(
        [await open(byHand.linkUrlToken), await open(byKey.linkUrlToken)],
        [false, false],
      );
      assert.ok(await open(others.linkUrlToken));
      assert.equal(await endedLinks(), 2);
      const told = await db.owner`select tenant_id, entity_id from audit_events
        where msp_id = ${world.mspId} and action = 'connect-link.withdraw'
          and tenant_id in (${byHand.tenantId}, ${byKey.tenantId}, ${others.tenantId})`;
      assert.deepEqual(
        told.map((it) => it.tenant_id).sort(),
        [byHand.tenantId, byKey.tenantId].sort(),
      );
      // A request that was on its way makes none after it.
      await assert.rejects(newConnectLink(ctx, { tenantId: byHand.tenantId }), {
        code: 'forbidden',
      });
    }
  });

  it('who is assigned elsewhere keeps the links of customers that stay theirs', async () => {
    world = await createWorld(db);
    const { subject, ctx } = await createMember(db, world, 'technician');
    const kept = await addCustomer(ctx, { name: 'Contoso' });
    await addCustomer(ctx, { name: 'Fabrikam' });
    await assignMember(world.as('owner'), { subject, customers: [kept.tenantId] });
    assert.equal(await endedLinks(), 1);
    const [left] = await db.owner`select count(*)::int as n from connect_links
      where msp_id = ${world.mspId} and expires_at > ${world.clock.now().toISOString()}`;
    assert.equal(left!.n, 1);
  });

  it('whoever is dismissed while they change a colleague, or make a key, changes and makes nothing', async () => {
    world = await createWorld(db);
    const colleague = await createMember(db, world, 'technician');
    const acts = (ctx: ServiceContext): (() => Promise<unknown>)[] => [
      () => setMemberRole(ctx, { subject: colleague.subject, role: 'admin' }),
      () => assignMember(ctx, { subject: colleague.subject, customers: [] }),
      () => disableMember(ctx, { subject: colleague.subject }),
      () =>
        createKey(ctx, { name: 'Left', scopes: ['content.read'], customers: 'all', days: null }),
    ];
    for (const index of acts(world.as('owner')).keys()) {
      const { subject, ctx } = await createMember(db, world, 'admin');
      const ended = await whileHeld(
        db,
        (held) => held`update members set disabled_at = now() where subject = ${subject}`,
        acts(ctx)[index]!,
      );
      assert.equal(ended.status, 'rejected', String(index));
    }
    assert.equal((await findPlace(db.user, colleague.subject))?.role, 'technician');
    assert.equal((await findPlace(db.user, colleague.subject))?.reach.customers, 'all');
    const keys = await db.owner`select 1 from api_keys where msp_id = ${world.mspId}`;
    assert.equal(keys.length, 0);
  });

  it('where the log cannot be written, nobody is put out and no session ends', async () => {
    world = await createWorld(db);
    const { subject } = await createMember(db, world, 'technician');
    await createSession(db, subject);
    await db.owner`revoke insert on audit_events from app_user`;
    try {
      await assert.rejects(disableMember(world.as('admin'), { subject }));
    } finally {
      await db.owner`grant insert on audit_events to app_user`;
    }
    assert.ok(await findPlace(db.user, subject));
    assert.equal(await sessionsOf(db, subject), 1);
  });

  it('an assignment holds from the next look on; an owner has none', async () => {
    world = await createWorld(db);
    const { tenantId } = await createCustomer(db, world);
    const { subject } = await createMember(db, world, 'technician');
    await assignMember(world.as('admin'), { subject, customers: [tenantId, tenantId] });
    assert.deepEqual((await findPlace(db.user, subject))?.reach.customers, [tenantId]);
    await assignMember(world.as('admin'), { subject, customers: [] });
    assert.deepEqual((await findPlace(db.user, subject))?.reach.customers, []);
    await assignMember(world.as('admin'), { subject, customers: null });
    assert.equal((await findPlace(db.user, subject))?.reach.customers, 'all');
    const owner = subjectOf(world.as('owner'));
    await assert.rejects(
      assignMember(world.as('owner'), { subject: owner, customers: [tenantId] }),
      { code: 'conflict' },
    );
    await assignMember(world.as('admin'), { subject, customers: [tenantId] });
    await setMemberRole(world.as('owner'), { subject, role: 'owner' });
    assert.equal((await findPlace(db.user, subject))?.reach.customers, 'all');
  });

  it('who is assigned to some customers changes nobody who reaches others, and hands out no more', async () => {
    world = await createWorld(db);
    const [mine, sibling] = await Promise.all(
      ['Contoso', 'Fabrikam'].map((name) => createCustomer(db, world, { name })),
    );
    const admin = await createMember(db, world, 'admin', [mine!.tenantId]);
    const wide = await createMember(db, world, 'technician');
    const near = await createMember(db, world, 'technician', [mine!.tenantId]);
    for (const act of [
      () => disableMember(admin.ctx, { subject: wide.subject }),
      () => setMemberRole(admin.ctx, { subject: wide.subject, role: 'auditor' }),
      () => assignMember(admin.ctx, { subject: wide.subject, customers: [mine!.tenantId] }),
      () => assignMember(admin.ctx, { subject: admin.subject, customers: null }),
      () => assignMember(admin.ctx, { subject: near.subject, customers: [sibling!.tenantId] }),
    ]) {
      await assert.rejects(act(), { code: 'forbidden' });
    }
    await setMemberRole(admin.ctx, { subject: near.subject, role: 'auditor' });
    await assignMember(world.as('owner'), {
      subject: near.subject,
      customers: [mine!.tenantId, sibling!.tenantId],
    });
    const { fenced } = await import('#lib/services/reach.ts');
    const reach = { customers: [mine!.tenantId], mailboxes: 'all' as const };
    const listed = await listMembers({ ...admin.ctx, db: fenced(db.user, reach) });
    const row = listed.find((member) => member.subject === near.subject);
    assert.deepEqual(
      row?.customers?.map((customer) => customer.name),
      ['Contoso'],
    );
    assert.equal(row?.unnamed, 1);
  });

  it('a customer of elsewhere cannot be assigned, and a member of elsewhere is not there', async () => {
    world = await createWorld(db);
    const other = await createWorld(db, 'Southridge Services');
    const foreign = await createCustomer(db, other);
    const member = await createMember(db, world, 'technician');
    const stranger = await createMember(db, other, 'technician');
    const owner = world.as('owner');
    for (const id of [foreign.tenantId, newId(), 'not-an-id']) {
      await assert.rejects(assignMember(owner, { subject: member.subject, customers: [id] }), {
        code: 'not-found',
      });
    }
    for (const subject of [stranger.subject, `${newId()}.${newId()}`]) {
      await assert.rejects(setMemberRole(owner, { subject, role: 'owner' }), { code: 'not-found' });
      await assert.rejects(disableMember(owner, { subject }), { code: 'not-found' });
      await assert.rejects(assignMember(owner, { subject, customers: null }), {
        code: 'not-found',
      });
    }
    assert.equal((await findPlace(db.user, stranger.subject))?.role, 'technician');
    assert.ok(!(await listMembers(owner)).some((row) => row.subject === stranger.subject));
  });

  it('an address is no account, and no role but owner and admin manages staff', async () => {
    world = await createWorld(db);
    for (const subject of ['jon@northwind.example', '', newId(), `${newId()}.`]) {
      await assert.rejects(setMemberRole(world.as('owner'), { subject, role: 'auditor' }), {
        code: 'input.invalid',
      });
    }
    const { subject } = await createMember(db, world, 'auditor');
    const others = memberRoles.filter((role) => role !== 'owner' && role !== 'admin');
    for (const role of [...others, 'administrator', 'mailbox-owner'] as const) {
      const ctx = world.as(role);
      await assert.rejects(listMembers(ctx), { code: 'forbidden' });
      await assert.rejects(setMemberRole(ctx, { subject, role: 'owner' }), { code: 'forbidden' });
      await assert.rejects(disableMember(ctx, { subject }), { code: 'forbidden' });
      await assert.rejects(assignMember(ctx, { subject, customers: null }), { code: 'forbidden' });
    }
  });
});
