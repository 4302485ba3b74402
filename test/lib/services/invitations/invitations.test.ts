import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { personalTid } from '#lib/auth/id-token.ts';
import { newId, newToken } from '#lib/core/ids.ts';
import { acceptInvitation } from '#lib/services/invitations/accept.ts';
import { invitePerson } from '#lib/services/invitations/invite-person.ts';
import { inviteStaff } from '#lib/services/invitations/invite-staff.ts';
import { listInvitations } from '#lib/services/invitations/list.ts';
import { lookAtInvitation } from '#lib/services/invitations/look.ts';
import { revokeInvitation } from '#lib/services/invitations/revoke.ts';
import { invitationLifeMs } from '#lib/services/invitations/rules.ts';
import { disableMember } from '#lib/services/members/disable.ts';
import { setMemberRole } from '#lib/services/members/set-role.ts';
import { disablePerson } from '#lib/services/people/disable.ts';
import { enablePerson } from '#lib/services/people/enable.ts';
import { findPlace } from '#lib/services/places/find.ts';
import { fenced, wholeReach } from '#lib/services/reach.ts';
import { createTestDatabase, type TestDatabase, whileHeld } from '#test/kit/database.ts';
import { createCustomer, createMailbox, createWorld, type World } from '#test/kit/msp.ts';
import { createMember, signedIn } from '#test/kit/people.ts';

const refused = (reason: string) => (err: { data?: { reason?: string } }) => {
  assert.equal(err.data?.reason, reason, String(err));
  return true;
};

describe('invitations', () => {
  let db: TestDatabase;
  let world: World;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  const staff = { name: 'Jon Berg', role: 'technician' as const };
  const actions = async () =>
    (
      await db.owner`select action from audit_events where msp_id = ${world.mspId} order by at, seq`
    ).map((row) => row.action);

  describe('of staff', () => {
    before(async () => {
      world = await createWorld(db);
    });

    it('the first account that signs in with the link is in, and it alone', async () => {
      const { token } = await inviteStaff(world.as('owner'), staff);
      const jon = signedIn('Jon B. Berg');
      assert.equal(await acceptInvitation(world.open, token, jon), 'staff');
      const place = await findPlace(db.user, jon.subject);
      assert.deepEqual(
        [place?.kind, place?.role, place?.reach],
        ['staff', 'technician', wholeReach],
      );
      const other = signedIn();
      await assert.rejects(acceptInvitation(world.open, token, other), refused('used'));
      assert.equal(await findPlace(db.user, other.subject), null);
    });

    it('of many who open it in the same moment exactly one is let in', async () => {
      const { token } = await inviteStaff(world.as('owner'), staff);
      const crowd = Array.from({ length: 8 }, () => signedIn());
      const pool = db.open('app_user', 8);
      const ends = await Promise.allSettled(
        crowd.map((who) => acceptInvitation({ ...world.open, db: pool }, token, who)),
      );
      assert.equal(ends.filter((end) => end.status === 'fulfilled').length, 1);
      for (const end of ends) if (end.status === 'rejected') refused('used')(end.reason);
      const places = await Promise.all(crowd.map((who) => findPlace(db.user, who.subject)));
      assert.equal(places.filter((place) => place !== null).length, 1);
    });

    it('the same account asking twice, at once or later, is let in once', async () => {
      const { token } = await inviteStaff(world.as('owner'), staff);
      const jon = signedIn();
      const before = (await actions()).filter((action) => action === 'member.join').length;
      await Promise.all([1, 2, 3].map(() => acceptInvitation(world.open, token, jon)));
      assert.equal(await acceptInvitation(world.open, token, jon), 'staff');
      assert.equal((await actions()).filter((it) => it === 'member.join').length, before + 1);
    });

    it('an account with two links at once is let in by one of them', async () => {
      const links = await Promise.all([1, 2].map(() => inviteStaff(world.as('owner'), staff)));
      const jon = signedIn();
      const ends = await Promise.allSettled(
        links.map((link) => acceptInvitation(world.open, link.token, jon)),
      );
      assert.deepEqual(ends.map((end) => end.status).sort(), ['fulfilled', 'rejected']);
    });

    it('expired, taken back, used, damaged and unknown links open nothing and say which', async () => {
      const owner = world.as('owner');
      const expired = await inviteStaff(owner, staff);
      world.clock.advance(invitationLifeMs);
      const revoked = await inviteStaff(owner, staff);
      await revokeInvitation(owner, { invitationId: revoked.invitationId });
      await revokeInvitation(owner, { invitationId: revoked.invitationId });
      const used = await inviteStaff(owner, staff);
      await acceptInvitation(world.open, used.token, signedIn());
      const damaged = (await inviteStaff(owner, staff)).token.slice(0, -1);
      for (const [token, reason] of [
        [expired.token, 'expired'],
        [revoked.token, 'revoked'],
        [used.token, 'used'],
        [damaged, 'damaged'],
        [newToken(), 'damaged'],
        ['', 'damaged'],
        ['%00\u0000', 'damaged'],
      ] as const) {
        const jon = signedIn();
        await assert.rejects(acceptInvitation(world.open, token, jon), refused(reason));
        await assert.rejects(lookAtInvitation(world.open, token), refused(reason));
        assert.equal(await findPlace(db.user, jon.subject), null);
      }
      await assert.rejects(revokeInvitation(owner, { invitationId: used.invitationId }), {
        code: 'conflict',
      });
    });

    it('a personal account is refused, and the link still works for a work account', async () => {
      const { token } = await inviteStaff(world.as('owner'), staff);
      const personal = signedIn('Jon', personalTid);
      await assert.rejects(
        acceptInvitation(world.open, token, personal),
        refused('personal-account'),
      );
      assert.equal(await acceptInvitation(world.open, token, signedIn()), 'staff');
    });

    it('who works for another provider is refused and not told which, and nothing changes there', async () => {
      const other = await createWorld(db, 'Southridge Services');
      const { subject } = await createMember(db, other, 'auditor');
      const { token } = await inviteStaff(world.as('owner'), { ...staff, role: 'owner' });
      const who = { ...signedIn(), subject };
      await assert.rejects(acceptInvitation(world.open, token, who), (err: Error) => {
        assert.doesNotMatch(err.message, /Southridge/);
        return refused('works-elsewhere')(err as never);
      });
      assert.equal((await findPlace(db.user, subject))?.role, 'auditor');
      assert.equal(await acceptInvitation(world.open, token, signedIn()), 'staff');
    });

    it('a member is not demoted or raised by opening a link meant for somebody else', async () => {
      const { subject } = await createMember(db, world, 'technician');
      const { token } = await inviteStaff(world.as('owner'), { ...staff, role: 'owner' });
      const who = { ...signedIn(), subject };
      await assert.rejects(acceptInvitation(world.open, token, who), refused('already-in'));
      assert.equal((await findPlace(db.user, subject))?.role, 'technician');
    });

    it('who was let in no more comes back by a new link, with what that link says', async () => {
      const { tenantId } = await createCustomer(db, world);
      const { subject } = await createMember(db, world, 'admin');
      await disableMember(world.as('owner'), { subject });
      assert.equal(await findPlace(db.user, subject), null);
      world.clock.advance(1);
      const { token } = await inviteStaff(world.as('owner'), { ...staff, customers: [tenantId] });
      await acceptInvitation(world.open, token, { ...signedIn(), subject });
      const place = await findPlace(db.user, subject);
      assert.deepEqual(
        [place?.role, place?.reach],
        ['technician', { customers: [tenantId], mailboxes: 'all' }],
      );
    });

    it('a link from before somebody was let in no more undoes nothing, and still works for others', async () => {
      const { token } = await inviteStaff(world.as('owner'), { ...staff, role: 'admin' });
      const { subject } = await createMember(db, world, 'technician');
      world.clock.advance(1);
      await disableMember(world.as('owner'), { subject });
      const jon = { ...signedIn(), subject };
      await assert.rejects(acceptInvitation(world.open, token, jon), refused('turned-away'));
      assert.equal(await findPlace(db.user, subject), null);
      // Made in the very moment of the dismissal: nobody knows which was meant last, so it is not.
      const same = await inviteStaff(world.as('owner'), staff);
      await assert.rejects(acceptInvitation(world.open, same.token, jon), refused('turned-away'));
      assert.equal(await acceptInvitation(world.open, token, signedIn()), 'staff');
    });

    it('whoever is dismissed while they invite leaves no link behind', async () => {
      for (const taken of [
        { disabled_at: world.clock.now().toISOString() },
        { role: 'technician' },
        { customers: [(await createCustomer(db, world)).tenantId] },
      ]) {
        const { subject, ctx } = await createMember(db, world, 'admin');
        const ended = await whileHeld(
          db,
          (held) => held`update members set ${held(taken)} where subject = ${subject}`,
          () => inviteStaff(ctx, { ...staff, role: 'admin' }),
        );
        assert.match(String((ended as { reason?: unknown }).reason), /was changed while you asked/);
        const links = await db.owner`select 1 from invitations where created_by = ${subject}`;
        assert.equal(links.length, 0);
      }
    });

    it('an owner who is one no more invites none, though their request began as one', async () => {
      const owner = await createMember(db, world, 'owner');
      await setMemberRole(world.as('owner'), { subject: owner.subject, role: 'admin' });
      await assert.rejects(inviteStaff(owner.ctx, { ...staff, role: 'owner' }), {
        code: 'forbidden',
      });
    });

    it('who is assigned to some customers sees and takes back links for those alone, and nobody but owners those of owners', async () => {
      const [mine, sibling] = await Promise.all([1, 2].map(() => createCustomer(db, world)));
      const owner = world.as('owner');
      const reach = { customers: [mine!.tenantId], mailboxes: 'all' as const };
      const some = await createMember(db, world, 'admin', reach.customers);
      const near = { ...some.ctx, db: fenced(db.user, reach) };
      const links = {
        near: await inviteStaff(owner, { ...staff, customers: [mine!.tenantId] }),
        both: await inviteStaff(owner, {
          ...staff,
          customers: [mine!.tenantId, sibling!.tenantId],
        }),
        all: await inviteStaff(owner, staff),
        owner: await inviteStaff(owner, { ...staff, role: 'owner' }),
      };
      const seen = new Set((await listInvitations(near, {})).map(({ id }) => id));
      assert.ok(seen.has(links.near.invitationId));
      for (const name of ['both', 'all', 'owner'] as const) {
        const { invitationId } = links[name];
        assert.ok(!seen.has(invitationId), name);
        await assert.rejects(revokeInvitation(near, { invitationId }), { code: 'not-found' });
      }
      const wide = await createMember(db, world, 'admin');
      await assert.rejects(revokeInvitation(wide.ctx, { invitationId: links.owner.invitationId }), {
        code: 'forbidden',
      });
      await revokeInvitation(near, { invitationId: links.near.invitationId });
      await revokeInvitation(wide.ctx, { invitationId: links.all.invitationId });
      await revokeInvitation(owner, { invitationId: links.owner.invitationId });
    });

    it('links of others, however many and new, push none out of the list of who sees their own alone', async () => {
      const far = await createWorld(db);
      const [mine] = await Promise.all([1, 2].map(() => createCustomer(db, far)));
      const reach = { customers: [mine!.tenantId], mailboxes: 'all' as const };
      const some = await createMember(db, far, 'admin', reach.customers);
      const near = { ...some.ctx, db: fenced(db.user, reach) };
      const { invitationId } = await inviteStaff(near, { ...staff, customers: [mine!.tenantId] });
      for (let more = 0; more < 101; more++) {
        far.clock.advance(1);
        await inviteStaff(far.as('owner'), staff);
      }
      assert.deepEqual(
        (await listInvitations(near, {})).map(({ id }) => id),
        [invitationId],
      );
    });

    it('who is assigned to no customer yet is shown the links that reach none', async () => {
      const reach = { customers: [], mailboxes: 'all' as const };
      const { ctx } = await createMember(db, world, 'admin', reach.customers);
      await inviteStaff(world.as('owner'), staff);
      const none = await inviteStaff(world.as('owner'), { ...staff, customers: [] });
      const near = { ...ctx, db: fenced(db.user, reach) };
      assert.deepEqual(
        (await listInvitations(near, {})).map(({ id }) => id),
        [none.invitationId],
      );
    });

    it('an owner is invited by owners only, and by no admin through a detour', async () => {
      const admin = await createMember(db, world, 'admin');
      await assert.rejects(inviteStaff(admin.ctx, { ...staff, role: 'owner' }), {
        code: 'forbidden',
      });
      const owner = await createMember(db, world, 'owner');
      const link = await inviteStaff(owner.ctx, { ...staff, role: 'owner' });
      await setMemberRole(world.as('owner'), { subject: owner.subject, role: 'admin' });
      await assert.rejects(
        acceptInvitation(world.open, link.token, signedIn()),
        refused('revoked'),
      );
    });

    it('the links of somebody who is let in no more end with them', async () => {
      const admin = await createMember(db, world, 'admin');
      const { token } = await inviteStaff(admin.ctx, staff);
      await disableMember(world.as('owner'), { subject: admin.subject });
      await assert.rejects(acceptInvitation(world.open, token, signedIn()), refused('revoked'));
    });

    it('who is assigned to some customers invites for those and no others', async () => {
      const [mine, sibling] = await Promise.all([1, 2].map(() => createCustomer(db, world)));
      const admin = await createMember(db, world, 'admin', [mine!.tenantId]);
      for (const customers of [null, [sibling!.tenantId], [mine!.tenantId, sibling!.tenantId]]) {
        await assert.rejects(inviteStaff(admin.ctx, { ...staff, customers }), {
          code: 'forbidden',
        });
      }
      await inviteStaff(admin.ctx, { ...staff, customers: [mine!.tenantId] });
    });

    it('a customer of elsewhere, or none at all, cannot be assigned', async () => {
      const other = await createWorld(db, 'Southridge Services');
      const foreign = await createCustomer(db, other);
      for (const id of [foreign.tenantId, newId(), 'not-an-id']) {
        await assert.rejects(inviteStaff(world.as('owner'), { ...staff, customers: [id] }), {
          code: 'not-found',
        });
      }
    });

    it('only roles that manage staff invite, list and take back; nobody of elsewhere does', async () => {
      const { invitationId } = await inviteStaff(world.as('owner'), staff);
      for (const role of [
        'technician',
        'billing',
        'auditor',
        'administrator',
        'mailbox-owner',
      ] as const) {
        const ctx = world.as(role);
        await assert.rejects(inviteStaff(ctx, staff), { code: 'forbidden' });
        await assert.rejects(listInvitations(ctx, {}), { code: 'forbidden' });
        await assert.rejects(revokeInvitation(ctx, { invitationId }), { code: 'forbidden' });
      }
      const other = await createWorld(db, 'Southridge Services');
      for (const id of [invitationId, newId(), 'not-an-id']) {
        await assert.rejects(revokeInvitation(other.as('owner'), { invitationId: id }), {
          code: 'not-found',
        });
      }
      assert.deepEqual(await listInvitations(other.as('owner'), {}), []);
    });

    it('the table holds no token, and the list neither', async () => {
      const { token, invitationId } = await inviteStaff(world.as('owner'), staff);
      const rows = await db.owner`select * from invitations where id = ${invitationId}`;
      assert.ok(!JSON.stringify(rows).includes(token));
      const listed = await listInvitations(world.as('owner'), {});
      assert.ok(!JSON.stringify(listed).includes(token));
      const logged = await db.owner`select * from audit_events`;
      assert.ok(!JSON.stringify(logged).includes(token));
    });
  });

  describe('of people of a customer', () => {
    let tenantId: string;
    let entraTid: string;
    let mailboxId: string;
    const account = newId();

    before(async () => {
      world = await createWorld(db);
      ({ tenantId, entraTid } = await createCustomer(db, world, { selfService: 'invited' }));
      mailboxId = await createMailbox(db, world, tenantId, { entraUserId: account });
    });

    it('an administrator is let in by an account of the organisation, and by no other', async () => {
      const { token } = await invitePerson(world.as('admin'), {
        tenantId,
        name: 'Lee Gu',
        role: 'administrator',
      });
      const look = await lookAtInvitation(world.open, token);
      assert.deepEqual(
        [look.mspName, look.customerName, look.role],
        ['Northwind IT', 'Contoso', 'administrator'],
      );
      await assert.rejects(
        acceptInvitation(world.open, token, signedIn('Eve')),
        refused('other-organisation'),
      );
      const lee = signedIn('Lee Gu', entraTid);
      assert.equal(await acceptInvitation(world.open, token, lee), 'customer');
      const place = await findPlace(db.user, lee.subject);
      assert.deepEqual(
        [place?.role, place?.reach],
        ['administrator', { customers: [tenantId], mailboxes: 'all' }],
      );
    });

    it('the mailbox of a person is opened to the account it belongs to, not to a colleague with the link', async () => {
      const { token } = await invitePerson(world.as('admin'), {
        tenantId,
        name: 'Adele Vance',
        role: 'mailbox-owner',
        mailboxId,
      });
      await assert.rejects(
        acceptInvitation(world.open, token, signedIn('Eve', entraTid)),
        refused('other-account'),
      );
      const adele = signedIn('Adele Vance', entraTid, account);
      await acceptInvitation(world.open, token, adele);
      const place = await findPlace(db.user, adele.subject);
      assert.deepEqual(place?.reach, { customers: [tenantId], mailboxes: [mailboxId] });
      await assert.rejects(
        acceptInvitation(
          world.open,
          (
            await invitePerson(world.as('admin'), {
              tenantId,
              name: 'Adele Vance',
              role: 'mailbox-owner',
              mailboxId,
            })
          ).token,
          adele,
        ),
        refused('already-in'),
      );
    });

    it('who was turned away is not let in by a link from before, nor by one that is opened in that moment', async () => {
      const wish = { tenantId, name: 'Lee Gu', role: 'administrator' as const };
      const invite = () => invitePerson(world.as('admin'), wish);
      const lee = signedIn('Lee Gu', entraTid);
      const links = [await invite(), await invite(), await invite()];
      await acceptInvitation(world.open, links[0]!.token, lee);
      world.clock.advance(1);
      await disablePerson(world.as('admin'), { tenantId, subject: lee.subject });
      await assert.rejects(
        acceptInvitation(world.open, links[1]!.token, lee),
        refused('turned-away'),
      );
      assert.equal(await findPlace(db.user, lee.subject), null);
      await enablePerson(world.as('admin'), { tenantId, subject: lee.subject });
      await db.owner`update customer_people set role = 'mailbox-owner' where subject = ${lee.subject}`;
      const at = world.clock.now().toISOString();
      const raced = await whileHeld(
        db,
        (held) =>
          held`update customer_people set disabled_at = ${at} where subject = ${lee.subject}`,
        () => acceptInvitation(world.open, links[2]!.token, lee),
      );
      assert.equal(raced.status, 'rejected');
      assert.equal(await findPlace(db.user, lee.subject), null);
      world.clock.advance(1);
      await acceptInvitation(world.open, (await invite()).token, lee);
      assert.equal((await findPlace(db.user, lee.subject))?.role, 'administrator');
    });

    it('a shared mailbox, or one whose owner left, goes to whom the MSP invites', async () => {
      for (const kind of [{ kind: 'shared' }, { state: 'sealed' }] as const) {
        const shared = await createMailbox(db, world, tenantId, kind);
        const { token } = await invitePerson(world.as('admin'), {
          tenantId,
          name: 'Lee Gu',
          role: 'mailbox-owner',
          mailboxId: shared,
        });
        const lee = signedIn('Lee Gu', entraTid);
        await acceptInvitation(world.open, token, lee);
        const place = await findPlace(db.user, lee.subject);
        assert.deepEqual(place?.reach, { customers: [tenantId], mailboxes: [shared] });
      }
    });

    it('nobody is let in while self-service is off or the organisation is not connected', async () => {
      const off = await createCustomer(db, world, { selfService: 'off' });
      const wish = { name: 'Lee Gu', role: 'administrator' as const };
      await assert.rejects(invitePerson(world.as('owner'), { tenantId: off.tenantId, ...wish }), {
        code: 'conflict',
      });
      const home = await createCustomer(db, world, { selfService: 'invited' });
      const { token } = await invitePerson(world.as('owner'), { tenantId: home.tenantId, ...wish });
      const lee = signedIn('Lee Gu', home.entraTid);
      await db.owner`update tenants set self_service = 'off' where id = ${home.tenantId}`;
      await assert.rejects(acceptInvitation(world.open, token, lee), refused('switched-off'));
      await db.owner`update tenants set self_service = 'invited', state = 'disconnected'
        where id = ${home.tenantId}`;
      await assert.rejects(acceptInvitation(world.open, token, lee), refused('not-connected'));
      await db.owner`update tenants set state = 'connected' where id = ${home.tenantId}`;
      assert.equal(await acceptInvitation(world.open, token, lee), 'customer');
    });

    it('staff are not made people of a customer, where they would never get to', async () => {
      const member = `${entraTid}.${newId()}`;
      await db.owner`insert into members (msp_id, subject, name, role, enrolled_at)
        values (${world.mspId}, ${member}, 'Jon Berg', 'technician', now())`;
      const { token } = await invitePerson(world.as('owner'), {
        tenantId,
        name: 'Jon Berg',
        role: 'administrator',
      });
      await assert.rejects(
        acceptInvitation(world.open, token, { ...signedIn(), subject: member }),
        refused('is-staff'),
      );
    });

    it('an owner of a mailbox needs one, and one of this customer', async () => {
      const sibling = await createCustomer(db, world);
      const foreign = await createMailbox(db, world, sibling.tenantId);
      const wish = { tenantId, name: 'Adele Vance', role: 'mailbox-owner' as const };
      await assert.rejects(invitePerson(world.as('owner'), wish), { code: 'input.invalid' });
      for (const id of [foreign, newId(), 'not-an-id']) {
        await assert.rejects(invitePerson(world.as('owner'), { ...wish, mailboxId: id }), {
          code: 'not-found',
        });
      }
    });

    it('only roles that manage people invite them, and only where they reach', async () => {
      const wish = { tenantId, name: 'Lee Gu', role: 'administrator' as const };
      for (const role of [
        'technician',
        'billing',
        'auditor',
        'administrator',
        'mailbox-owner',
      ] as const) {
        await assert.rejects(invitePerson(world.as(role), wish), { code: 'forbidden' });
      }
      const sibling = await createCustomer(db, world);
      const elsewhere = await createMember(db, world, 'admin', [sibling.tenantId]);
      await assert.rejects(invitePerson(elsewhere.ctx, wish), { code: 'not-found' });
      const { invitationId } = await invitePerson(world.as('owner'), wish);
      await assert.rejects(listInvitations(elsewhere.ctx, { tenantId }), { code: 'not-found' });
      await assert.rejects(revokeInvitation(elsewhere.ctx, { invitationId }), {
        code: 'not-found',
      });
    });

    it('each step is in the log of the customer, and fails with it', async () => {
      const log = await db.owner`select action, facts from audit_events
        where tenant_id = ${tenantId} order by seq`;
      const seen = new Set(log.map((row) => row.action));
      assert.ok(seen.has('invitation.create') && seen.has('person.join'));
      const { token } = await invitePerson(world.as('owner'), {
        tenantId,
        name: 'Lee Gu',
        role: 'administrator',
      });
      const late = signedIn('Lee Gu', entraTid);
      await db.owner`revoke insert on audit_events from app_user`;
      try {
        await assert.rejects(acceptInvitation(world.open, token, late));
      } finally {
        await db.owner`grant insert on audit_events to app_user`;
      }
      assert.equal(await findPlace(db.user, late.subject), null);
      assert.equal(await acceptInvitation(world.open, token, late), 'customer');
    });
  });
});
