import { createHash, randomBytes } from 'node:crypto';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { customerRoles, memberRoles } from '#db/enums.ts';
import { apiKeys } from '#db/schema/api-keys.ts';
import { auditEvents } from '#db/schema/audit.ts';
import {
  billingAccounts,
  billingClosings,
  billingCredits,
  billingInvoices,
} from '#db/schema/billing.ts';
import { members } from '#db/schema/msps.ts';
import { customerPeople, invitations } from '#db/schema/people.ts';
import { exports, previews, restores } from '#db/schema/restores.ts';
import { runMailboxes, runs } from '#db/schema/runs.ts';
import { searchDocuments, searches } from '#db/schema/search.ts';
import { accounts, sessions, users } from '#db/schema/sign-in.ts';
import { connections } from '#db/schema/tenants.ts';
import { usageDays, usageMailboxDays } from '#db/schema/usage.ts';
import type { Role } from '#lib/auth/roles.ts';
import { addMs, systemClock } from '#lib/core/clock.ts';
import { newId } from '#lib/core/ids.ts';
import type { House } from '#lib/launch/house.ts';
import type { TestDatabase } from '#test/kit/database.ts';
import {
  createCustomer,
  createMailbox,
  createWorld,
  fillMailbox,
  type World,
} from '#test/kit/msp.ts';

/**
 * Names of customers, of their people and keys, of mailboxes; names of staff, who are colleagues of
 * all; and mail: subjects, folders of a plan, search words.
 */
export type MarkName = 'customer' | 'people' | 'colleague' | 'key' | 'mailbox' | 'content';

/** One of everything an id may name, all of it of one mailbox of one customer. */
export interface Place {
  mspId: string;
  tenantId: string;
  policyId: string;
  mailboxId: string;
  itemId: string;
  runId: string;
  restoreId: string;
  exportId: string;
  previewId: string;
  searchId: string;
  invitationId: string;
  keyId: string;
  sessionId: string;
  /** `tid.oid` of a member of the MSP, and of a person of the customer. */
  member: string;
  person: string;
  entraTid: string;
  /** The month, line, mailbox, payer and invoice of its usage. */
  period: string;
  dimension: string;
  subject: string;
  accountId: string;
  invoiceId: string;
  /** Each stands in names and subjects here, and nowhere else. */
  marks: Record<MarkName, string>;
}

export type PlaceName = 'own' | 'neighbour' | 'sibling' | 'foreign' | 'missing';

/** Somebody with a browser. */
export interface Visitor {
  name: string;
  /** Null for who is let in nowhere. */
  role: Role | null;
  cookie: string;
  subject: string;
}

export interface IsolationWorld {
  owner: postgres.Sql;
  places: Record<PlaceName, Place>;
  visitors: Visitor[];
  /** The place as it is for a visitor: a search is of whoever asked, so each has one of their own. */
  placeFor(visitor: Visitor, name: PlaceName): Place;
  close(): Promise<void>;
}

/** A month that is over, whatever month it is. */
const period = '2026-02';

const sha256 = (text: string) => createHash('sha256').update(text).digest();

/**
 * Two MSPs, and of the first two customers: `own`, to which everybody is assigned, and `sibling`, to
 * which nobody is. `neighbour` is another mailbox of the own customer.
 */
export async function createIsolationWorld(house: House): Promise<IsolationWorld> {
  const owner = postgres(house.ownerUrl, { max: 4, onnotice: () => {} });
  const db = drizzle(owner, { casing: 'snake_case' });
  const now = systemClock.now();
  const later = addMs(now, 86_400_000);
  // The kit writes from outside only; nothing here calls a verb.
  const kit = { owner } as unknown as TestDatabase;
  const mine = await createWorld(kit, 'Northwind IT');
  const others = await createWorld(kit, 'Southridge Services');

  const session = async (subject: string, name: string) => {
    const userId = newId();
    const token = randomBytes(32).toString('hex');
    const id = newId();
    await db.insert(users).values({ id: userId, name, createdAt: now });
    await db.insert(accounts).values({ provider: 'entra', providerAccountId: subject, userId });
    await db.insert(sessions).values({
      tokenHash: sha256(token),
      id,
      userId,
      administrator: false,
      createdAt: now,
      expiresAt: later,
    });
    return { cookie: `holdfast.session=${token}; zone=UTC`, id };
  };

  /** A customer with what belongs to it as a whole. */
  const addCustomer = async (world: World, label: string) => {
    const mark = markOf(label);
    const people = markOf(`${label}people`);
    const colleague = markOf(`${label}colleague`);
    const key = markOf(`${label}key`);
    const customer = await createCustomer(kit, world, {
      name: `Customer ${mark}`,
      selfService: 'invited',
    });
    const { tenantId, entraTid } = customer;
    const scope = { mspId: world.mspId, tenantId };
    await db.insert(connections).values(
      (['backup', 'restore'] as const).map((app) => ({
        ...scope,
        id: newId(),
        app,
        state: 'connected' as const,
        proofs: [],
        verifiedAt: now,
        createdAt: now,
      })),
    );
    const invitationId = newId();
    await db.insert(invitations).values({
      ...scope,
      id: invitationId,
      tokenHash: sha256(people).toString('hex'),
      role: 'administrator',
      name: `Invited ${people}`,
      createdBy: 'system',
      createdAt: now,
      expiresAt: later,
    });
    const keyId = newId();
    await db.insert(apiKeys).values({
      mspId: world.mspId,
      id: keyId,
      name: `Key ${key}`,
      prefix: 'hf_x',
      secretHash: sha256(`key ${colleague}`).toString('hex'),
      scopes: ['customers.read'],
      customers: [tenantId],
      createdBy: 'system',
      createdAt: now,
    });
    const member = `${newId()}.${newId()}`;
    await db.insert(members).values({
      mspId: world.mspId,
      subject: member,
      name: `Member ${colleague}`,
      role: 'technician',
      customers: [tenantId],
      enrolledAt: now,
    });
    const person = `${entraTid}.${newId()}`;
    await db.insert(customerPeople).values({
      ...scope,
      subject: person,
      name: `Person ${people}`,
      role: 'administrator',
      enrolledAt: now,
    });
    await db.insert(auditEvents).values({
      mspId: world.mspId,
      // A chain of its own: what the verbs add later goes on with the customer's.
      chainId: newId(),
      seq: 1,
      tenantId,
      at: now,
      action: 'mailbox.discover',
      actorKind: 'system',
      actor: 'system',
      entity: 'mailbox',
      entityId: newId(),
      facts: { name: `Fact ${people}` },
      previousHash: new Uint8Array(32),
      hash: new Uint8Array(32),
    });
    const accountId = newId();
    const invoiceId = `in_${markOf('invoice')}`;
    await db.insert(billingAccounts).values({
      ...scope,
      id: accountId,
      state: 'none',
      startedPeriod: period,
      firstDay: `${period}-01`,
      createdAt: now,
    });
    await db.insert(billingClosings).values({
      ...scope,
      accountId,
      period,
      state: 'held',
      step: 'sealed',
      reason: `Held ${mark}`,
      startedAt: now,
      heldSince: now,
      changedAt: now,
    });
    await db.insert(billingInvoices).values({
      ...scope,
      accountId,
      id: invoiceId,
      period,
      number: `No. ${mark}`,
      status: 'draft',
      currency: 'eur',
      total: '2.50',
      amountDue: '2.50',
      lines: [],
      issuedAt: now,
      syncedAt: now,
    });
    await db.insert(billingCredits).values({
      ...scope,
      id: newId(),
      accountId,
      way: 'refund',
      amount: '0.50',
      currency: 'eur',
      reason: `Given ${mark}`,
      invoiceId,
      createdAt: now,
      createdBy: 'test',
    });
    await db.insert(usageDays).values({
      ...scope,
      day: `${period}-01`,
      version: 1,
      protected: 1,
      sealed: 0,
      free: 0,
      reasons: {},
      physicalBytes: 1_000_000,
      logicalBytes: 2_000_000,
      inputHash: new Uint8Array(32),
      observedAt: now,
    });
    const { id: sessionId } = await session(member, `Member ${colleague}`);
    return {
      world,
      customer,
      mark,
      people,
      colleague,
      key,
      invitationId,
      keyId,
      member,
      person,
      sessionId,
      accountId,
      invoiceId,
    };
  };

  /** A mailbox of it, with what belongs to the mailbox. */
  const addMailbox = async (
    { world, customer, mark: customerMark, ...rest }: Awaited<ReturnType<typeof addCustomer>>,
    label: string,
  ): Promise<Place> => {
    const mark = markOf(label);
    const content = markOf(`${label}mail`);
    const { tenantId, policyId, entraTid } = customer;
    const scope = { mspId: world.mspId, tenantId };
    const mailboxId = await createMailbox(kit, world, tenantId, {
      displayName: `Box ${mark}`,
      address: `${mark}@example.test`,
      lastGoodAt: now,
      items: 2,
    });
    const { itemIds } = await fillMailbox(kit, world, { tenantId, mailboxId }, 2, [
      { key: `k-${mark}`, fromSeq: 1, subject: `Subject ${content}` },
      { key: `g-${mark}`, fromSeq: 1, toSeq: 2, subject: `Gone ${content}` },
    ]);
    const itemId = itemIds.get(`k-${mark}@1`)!;
    await db.insert(searchDocuments).values({
      ...scope,
      mailboxId,
      contentId: `k-${mark}`,
      kind: 'message',
      at: now,
      language: 'simple',
      words: `'${content}':1 'subject':2`,
      excerpt: `Words ${content}`,
      extent: 'whole',
    });
    const subject = newId();
    await db.insert(usageMailboxDays).values({
      ...scope,
      day: `${period}-01`,
      subject,
      version: 1,
      state: 'protected',
      mailboxId,
      observedAt: now,
    });
    const runId = newId();
    const restoreId = newId();
    const exportId = newId();
    const previewId = newId();
    const searchId = newId();
    await db.insert(runs).values({
      ...scope,
      id: runId,
      policyId,
      workflowId: `backup/${tenantId}/${policyId}/${runId}`,
      trigger: 'manual',
      state: 'done',
      createdAt: now,
      startedAt: now,
      endedAt: now,
      shards: 1,
    });
    await db.insert(runMailboxes).values({
      ...scope,
      runId,
      mailboxId,
      shard: 0,
      position: 0,
      state: 'done',
      startedAt: now,
      endedAt: now,
    });
    await db.insert(restores).values({
      ...scope,
      id: restoreId,
      mailboxId,
      targetMailboxId: mailboxId,
      sequence: 2,
      selection: { kind: 'items', itemIds: [itemId] },
      destination: { kind: 'original' },
      collisions: 'skip',
      state: 'planned',
      plan: {
        write: 1,
        present: 0,
        changed: 0,
        cannot: 0,
        bytes: 1000,
        durationMinS: 1,
        durationMaxS: 2,
        folders: [
          { path: `Folder ${content}`, write: 1, present: 0, changed: 0, cannot: 0, bytes: 1000 },
        ],
      },
      targetFolders: [],
      requestedBy: 'system',
      createdAt: now,
      plannedAt: now,
    });
    await db.insert(exports).values({
      ...scope,
      id: exportId,
      mailboxId,
      sequence: 2,
      selection: { kind: 'items', itemIds: [itemId] },
      state: 'failed',
      refusal: 'The disk of the export folder is full.',
      requestedBy: 'system',
      createdAt: now,
      endedAt: now,
    });
    await db.insert(previews).values({
      ...scope,
      id: previewId,
      mailboxId,
      itemId,
      state: 'ready',
      headers: [['Subject', `Subject ${content}`]],
      text: `Text ${content}`,
      html: `<p>Sheet ${content}</p>`,
      attachments: [],
      requestedBy: 'system',
      createdAt: now,
      expiresAt: later,
    });
    return {
      ...scope,
      ...rest,
      policyId,
      entraTid,
      mailboxId,
      itemId,
      runId,
      restoreId,
      exportId,
      previewId,
      searchId,
      period,
      dimension: 'protected-mailboxes',
      subject,
      marks: {
        customer: customerMark,
        people: rest.people,
        colleague: rest.colleague,
        key: rest.key,
        mailbox: mark,
        content,
      },
    };
  };

  const ownCustomer = await addCustomer(mine, 'own');
  const places: Record<PlaceName, Place> = {
    own: await addMailbox(ownCustomer, 'mailbox'),
    neighbour: await addMailbox(ownCustomer, 'neighbour'),
    sibling: await addMailbox(await addCustomer(mine, 'sibling'), 'siblingmailbox'),
    foreign: await addMailbox(await addCustomer(others, 'foreign'), 'foreignmailbox'),
    missing: missingPlace(),
  };
  const { own } = places;

  const visitors: Visitor[] = [];
  const visit = async (name: string, role: Role | null, subject: string) => {
    const { cookie } = await session(subject, name);
    visitors.push({ name, role, subject, cookie });
  };
  for (const role of memberRoles) {
    const subject = `${newId()}.${newId()}`;
    await db.insert(members).values({
      mspId: own.mspId,
      subject,
      name: `A ${role}`,
      role,
      customers: [own.tenantId],
      enrolledAt: now,
    });
    await visit(role, role, subject);
  }
  for (const role of customerRoles) {
    const subject = `${own.entraTid}.${newId()}`;
    await db.insert(customerPeople).values({
      mspId: own.mspId,
      tenantId: own.tenantId,
      subject,
      name: `A ${role}`,
      role,
      mailboxId: role === 'mailbox-owner' ? own.mailboxId : null,
      enrolledAt: now,
    });
    await visit(role, role, subject);
  }
  const removedStaff = `${newId()}.${newId()}`;
  await db.insert(members).values({
    mspId: own.mspId,
    subject: removedStaff,
    name: 'A former owner',
    role: 'owner',
    enrolledAt: now,
    disabledAt: now,
  });
  await visit('removed owner', null, removedStaff);
  const removedPerson = `${own.entraTid}.${newId()}`;
  await db.insert(customerPeople).values({
    mspId: own.mspId,
    tenantId: own.tenantId,
    subject: removedPerson,
    name: 'A former administrator',
    role: 'administrator',
    enrolledAt: now,
    disabledAt: now,
  });
  await visit('removed administrator', null, removedPerson);
  await visit('uninvited', null, `${newId()}.${newId()}`);
  visitors.push({ name: 'nobody', role: null, subject: '', cookie: 'zone=UTC' });

  const found = new Map<Visitor, Partial<Record<PlaceName, string>>>();
  for (const visitor of visitors.filter((it) => it.subject !== '')) {
    const own: Partial<Record<PlaceName, string>> = {};
    for (const [name, place] of Object.entries(places) as [PlaceName, Place][]) {
      if (name === 'missing') continue;
      const searchId = newId();
      await db.insert(searches).values({
        mspId: place.mspId,
        tenantId: place.tenantId,
        id: searchId,
        mailboxId: place.mailboxId,
        words: place.marks.content,
        filter: {},
        requestedBy: visitor.subject,
        createdAt: now,
        expiresAt: later,
      });
      own[name] = searchId;
    }
    found.set(visitor, own);
  }
  const placeFor = (visitor: Visitor, name: PlaceName): Place => ({
    ...places[name],
    searchId: found.get(visitor)?.[name] ?? places[name].searchId,
  });

  return { owner, places, visitors, placeFor, close: () => owner.end({ timeout: 5 }) };
}

const markOf = (label: string) => `${label}${randomBytes(5).toString('hex')}`;

/** Ids of nothing at all. */
function missingPlace(): Place {
  return {
    mspId: newId(),
    tenantId: newId(),
    policyId: newId(),
    mailboxId: newId(),
    itemId: newId(),
    runId: newId(),
    restoreId: newId(),
    exportId: newId(),
    previewId: newId(),
    searchId: newId(),
    invitationId: newId(),
    keyId: newId(),
    sessionId: newId(),
    member: `${newId()}.${newId()}`,
    person: `${newId()}.${newId()}`,
    entraTid: newId(),
    period,
    dimension: 'protected-mailboxes',
    subject: newId(),
    accountId: newId(),
    invoiceId: `in_${markOf('missing')}`,
    marks: {
      customer: markOf('missing'),
      people: markOf('missing'),
      colleague: markOf('missing'),
      key: markOf('missing'),
      mailbox: markOf('missing'),
      content: markOf('missing'),
    },
  };
}
