import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { sleep } from '#lib/core/concurrency.ts';
import { newId, newToken } from '#lib/core/ids.ts';
import { connectDemoCustomer, foundDemoMsp, tenantNamed } from '#lib/launch/demo-customer.ts';
import { Helpdesk } from '#lib/launch/helpdesk.ts';
import { type House, startHouse } from '#lib/launch/house.ts';
import { type HouseServices, openServices } from '#lib/launch/services.ts';
import { newestRun, watchRun } from '#lib/launch/watch.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { addCustomer } from '#lib/services/customers/add.ts';
import { getExport } from '#lib/services/exports/get.ts';
import { startExport } from '#lib/services/exports/start.ts';
import { listFolders } from '#lib/services/folders/list.ts';
import { listItems } from '#lib/services/items/list.ts';
import { listMailboxes } from '#lib/services/mailboxes/list.ts';
import { wholeReach } from '#lib/services/reach.ts';
import { executeRestore } from '#lib/services/restores/execute.ts';
import { getRestore } from '#lib/services/restores/get.ts';
import { planRestore } from '#lib/services/restores/plan.ts';
import { startRun } from '#lib/services/runs/start.ts';
import { startSearch } from '#lib/services/search/start.ts';
import { furnishUsage } from './furnished-usage.ts';
import { beginSession, type TestSession } from './session.ts';

export type Somebody =
  | 'owner'
  /** Staff who see no mail and change nothing. */
  | 'auditor'
  | 'billing'
  /** Owner of an MSP that has nothing yet. */
  | 'newcomer'
  | 'administrator'
  | 'mailbox-owner'
  | 'nobody';

/** The whole product, with one customer that was backed up and things that every page can show. */
export interface FurnishedHouse {
  house: House;
  services: HouseServices;
  ctx: ServiceContext;
  mspId: string;
  sessions: Record<Exclude<Somebody, 'nobody'>, TestSession>;
  facts: {
    tenantId: string;
    /** A customer whose link was not used yet, and that link. */
    waitingId: string;
    connectToken: string;
    mailboxId: string;
    folderId: string;
    /** The calendar, the contacts and the tasks of the same mailbox. */
    folderIds: { calendar: string; contacts: string; tasks: string };
    itemId: string;
    itemKey: string;
    runId: string;
    plannedId: string;
    restoredId: string;
    exportId: string;
    /** `tid.oid` of somebody of the staff. */
    technician: string;
    /** Of staff across the customer, and of the owner of the mailbox in it. */
    searchId: string;
    ownSearchId: string;
    /** A month with days in the ledger, a mailbox in it, and an invoice. */
    period: string;
    subject: string;
    invoiceId: string;
  };
  stop(): Promise<void>;
}

/** Starts it in a folder of its own, in some twenty seconds. */
export async function startFurnishedHouse(): Promise<FurnishedHouse> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast pages '));
  const house = await startHouse({
    dataFolder: folder,
    port: 0,
    standIn: 'seeded',
    standInArguments: ['--mailboxes', '3', '--messages', '200'],
    portal: true,
    env: { ...process.env, EXPORT_FOLDER: join(folder, 'exports') },
  });
  const services = await openServices(house);
  const stop = async () => {
    await services.close();
    await house.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  };
  try {
    return { ...(await furnish(house, services)), stop };
  } catch (err) {
    await stop();
    throw err;
  }
}

async function furnish(
  house: House,
  services: HouseServices,
): Promise<Omit<FurnishedHouse, 'stop'>> {
  const standIn = house.standIn!;
  const mspId = await foundDemoMsp(services, standIn);
  const ctx = services.contextFor(mspId);
  const { tenantId } = await connectDemoCustomer(services, ctx, standIn);
  const waiting = await addCustomer(ctx, { name: 'Fabrikam Versicherungsgesellschaft' });
  const { id: runId } = await newestRun(ctx, tenantId, 60_000);
  await watchRun(ctx, { tenantId, runId }, 'First backup');

  const contoso = tenantNamed(standIn, 'Contoso');
  const msp = tenantNamed(standIn, 'Northwind IT');
  const administrator = contoso.accounts.find(({ role }) => /admin/i.test(String(role ?? '')))!;
  const boxes = await listMailboxes(ctx, { tenantId });
  const people = contoso.accounts.filter(({ oid }) => oid !== administrator.oid);
  const mailbox = boxes.find(({ name }) => people.some((account) => account.name === name));
  const person = people.find(({ name }) => name === mailbox?.name);
  if (!mailbox || !person) throw new Error('nobody but the administrator has a mailbox');
  const place = { tenantId, mailboxId: mailbox.id, sequence: 1 };
  const folders = await listFolders(ctx, place);
  const inbox = folders.find(({ name }) => name === 'Inbox')!;
  const idOf = (type: string) =>
    folders.find((folder) => folder.type === type && folder.itemCount > 0)!.id;
  const { items } = await listItems(ctx, { ...place, folderId: inbox.id, limit: 10 });
  const [item] = items;
  const selection = { kind: 'items' as const, itemIds: [item!.id] };
  const plan = { ...place, selection, destination: { kind: 'original' as const } };
  const planned = await planRestore(ctx, { ...plan, collisions: 'copy' });
  const second = await planRestore(ctx, { ...plan, collisions: 'copy' });
  const { exportId } = await startExport(ctx, { ...place, selection });

  const restore = { tenantId, restoreId: second.restoreId };
  await until(async () => (await getRestore(ctx, restore)).state === 'planned');
  await executeRestore(ctx, restore);
  await until(async () => (await getRestore(ctx, restore)).state === 'done');
  await until(async () => (await getExport(ctx, { tenantId, exportId })).state === 'done');

  await loseMail(new Helpdesk(standIn, contoso.tid), mailbox.name, item!.subject);
  for (;;) {
    const { runId, joined } = await startRun(ctx, { tenantId });
    await watchRun(ctx, { tenantId, runId }, 'Second backup');
    // One that was going on already may have read the mailbox before.
    if (!joined) break;
  }

  await enrolPeople(house, { mspId, tenantId, mailboxId: mailbox.id }, [
    {
      subject: `${contoso.tid}.${administrator.oid}`,
      name: administrator.name,
      role: 'administrator',
    },
    { subject: `${contoso.tid}.${person.oid}`, name: person.name, role: 'mailbox-owner' },
  ]);
  const staff = await enrolStaff(house, mspId, msp.tid);
  const usage = await furnishUsage(house.ownerUrl, ctx, { tenantId, mailboxId: mailbox.id });
  const search = async (actor: ServiceContext['actor'], mailboxId?: string) =>
    (await startSearch({ ...ctx, actor }, { tenantId, mailboxId, words: 're', filter: {} }))
      .searchId;
  const session = (tid: string, account: { oid: string; name: string }, isAdmin = false) =>
    beginSession(house.ownerUrl, {
      subject: `${tid}.${account.oid}`,
      name: account.name,
      administrator: isAdmin,
    });
  return {
    house,
    services,
    ctx,
    mspId,
    sessions: {
      owner: await session(msp.tid, msp.accounts[0]!),
      auditor: await session(msp.tid, staff.auditor),
      billing: await session(msp.tid, staff.billing),
      newcomer: await session(msp.tid, staff.newcomer),
      administrator: await session(contoso.tid, administrator, true),
      'mailbox-owner': await session(contoso.tid, person),
    },
    facts: {
      ...usage,
      tenantId,
      waitingId: waiting.tenantId,
      connectToken: waiting.linkUrlToken ?? newToken(),
      mailboxId: mailbox.id,
      folderId: inbox.id,
      folderIds: {
        calendar: idOf('IPF.Appointment'),
        contacts: idOf('IPF.Contact'),
        tasks: idOf('IPF.Task'),
      },
      itemId: item!.id,
      itemKey: item!.key,
      runId,
      plannedId: planned.restoreId,
      restoredId: second.restoreId,
      exportId,
      technician: `${msp.tid}.${msp.accounts[1]!.oid}`,
      searchId: await search({
        kind: 'user',
        userId: newToken(),
        subject: `${msp.tid}.${msp.accounts[0]!.oid}`,
        role: 'owner',
        reach: wholeReach,
      }),
      ownSearchId: await search(
        {
          kind: 'user',
          userId: newToken(),
          subject: `${contoso.tid}.${person.oid}`,
          role: 'mailbox-owner',
          reach: { customers: [tenantId], mailboxes: [mailbox.id] },
        },
        mailbox.id,
      ),
    },
  };
}

/** What makes the second copy another one: some messages of the inbox are no longer anywhere. */
async function loseMail(helpdesk: Helpdesk, name: string, kept: string): Promise<void> {
  const user = (await helpdesk.users()).find((one) => one.name === name)!;
  const { messages } = await helpdesk.survey(user);
  const some = messages.filter(({ folder, subject }) => folder === 'Inbox' && subject !== kept);
  for (const { id } of some.slice(0, 3)) await helpdesk.purgeMessage(user.id, id);
}

/** Staff with little to see, and the owner of an MSP without customers. */
async function enrolStaff(house: House, mspId: string, tid: string) {
  const sql = postgres(house.ownerUrl, { max: 1, onnotice: () => {} });
  try {
    const emptyId = newId();
    await sql`insert into msps (id, name, created_at) values (${emptyId}, 'Southridge Services', now())`;
    const enrol = async (at: string, name: string, role: string) => {
      const oid = newId();
      await sql`insert into members (msp_id, subject, name, role, enrolled_at)
        values (${at}, ${`${tid}.${oid}`}, ${name}, ${role}, now())`;
      return { oid, name };
    };
    return {
      auditor: await enrol(mspId, 'Ada Winter', 'auditor'),
      billing: await enrol(mspId, 'Ben Fuchs', 'billing'),
      newcomer: await enrol(emptyId, 'Nora Lind', 'owner'),
    };
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** People of the customer, as an invitation leaves them. */
async function enrolPeople(
  house: House,
  at: { mspId: string; tenantId: string; mailboxId: string },
  people: Array<{ subject: string; name: string; role: 'administrator' | 'mailbox-owner' }>,
): Promise<void> {
  const sql = postgres(house.ownerUrl, { max: 1, onnotice: () => {} });
  try {
    await sql`update tenants set self_service = 'invited' where id = ${at.tenantId}`;
    for (const { subject, name, role } of people) {
      const own = role === 'mailbox-owner' ? at.mailboxId : null;
      await sql`insert into customer_people
          (msp_id, tenant_id, subject, name, role, mailbox_id, enrolled_at)
        values (${at.mspId}, ${at.tenantId}, ${subject}, ${name}, ${role}, ${own}, now())`;
    }
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let round = 0; round < 600; round++) {
    if (await isSo()) return;
    await sleep(100);
  }
  throw new Error('it did not become so within a minute');
}
