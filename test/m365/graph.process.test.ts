import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Caller } from './caller.ts';
import { type StandIn, startStandIn } from './server.ts';

const folder = mkdtempSync(join(tmpdir(), 'm365-graph-'));
let standIn: StandIn;
let backup: Caller;
let restore: Caller;
let helpdesk: Caller;
let adele: Awaited<ReturnType<Caller['mailbox']>>;

before(async () => {
  standIn = await startStandIn({ data: folder, messages: 700, mailAdvanced: false });
  backup = new Caller(standIn, 'backup').consent();
  restore = new Caller(standIn, 'restore').consent();
  helpdesk = new Caller(standIn, 'helpdesk');
  adele = await backup.mailbox('Adele Vance');
});
after(async () => {
  await standIn.stop();
  rmSync(folder, { recursive: true });
});

const folderNamed = async (name: string, mailbox = adele) => {
  const { entries } = await backup.all(`${mailbox.exchange}/folders/delta`);
  return entries.find((it) => it.displayName === name)!;
};
const newMessage = async (subject: string, more: Record<string, unknown> = {}) => {
  const { status, body } = await restore.send('POST', `${adele.user}/mailFolders/inbox/messages`, {
    subject,
    body: { contentType: 'text', content: 'Hello' },
    toRecipients: [{ emailAddress: { address: 'tom.brandt@contoso.example' } }],
    singleValueExtendedProperties: [
      { id: 'Integer 0x0E07', value: '5' },
      { id: 'SystemTime 0x0039', value: '2024-05-01T10:00:00Z' },
      { id: 'SystemTime 0x0E06', value: '2024-05-01T10:00:05Z' },
    ],
    ...more,
  });
  assert.equal(status, 201);
  return body;
};

describe('permissions', () => {
  it('the backup app reads and cannot write', async () => {
    for (const [method, path] of [
      ['POST', `${adele.exchange}/createImportSession`],
      ['POST', `${adele.exchange}/folders`],
      ['DELETE', `${adele.user}/mailFolders/archive`],
      ['POST', `${adele.user}/messages`],
    ] as const) {
      const { status, body } = await backup.send(method, path, method === 'POST' ? {} : undefined);
      assert.deepEqual([status, body.error.code], [403, 'ErrorAccessDenied'], `${method} ${path}`);
    }
  });

  it('a token of another organisation does not see these users; no token sees nothing', async () => {
    const fabrikam = new Caller(standIn, 'backup', 'Fabrikam').consent();
    assert.deepEqual((await fabrikam.get('/users')).body.value, []);
    assert.equal((await fabrikam.get(adele.user)).status, 404);
    assert.equal((await fabrikam.get(`${adele.exchange}/folders`)).status, 404);
    const res = await fetch(`${standIn.facts.graphUrl}/v1.0/users`);
    assert.equal(res.status, 401);
    assert.equal(
      ((await res.json()) as { error: { code: string } }).error.code,
      'InvalidAuthenticationToken',
    );
  });

  it('answers echo the client request id', async () => {
    const res = await backup.fetch('/users', { headers: { 'client-request-id': 'my-id' } });
    assert.equal(res.headers.get('client-request-id'), 'my-id');
    assert.match(res.headers.get('request-id')!, /^[\da-f-]{36}$/);
  });
});

describe('discovery', () => {
  it('pages through users and keeps what was selected', async () => {
    const { entries, pages } = await backup.all('/users?$select=id,mail&$top=5');
    assert.equal(entries.length, 17);
    assert.equal(pages, 4);
    assert.deepEqual(Object.keys(entries[0]).sort(), ['id', 'mail']);
  });

  it('has users, a shared mailbox, a room, and accounts without a mailbox', async () => {
    const { entries } = await backup.all('/users');
    const purposes: Record<string, number> = {};
    for (const { id } of entries) {
      const { status, body } = await backup.get(`/users/${id}/mailboxSettings/userPurpose`);
      const purpose = status === 200 ? body.value : body.error.code;
      purposes[purpose] = (purposes[purpose] ?? 0) + 1;
    }
    assert.deepEqual(purposes, { user: 12, shared: 1, room: 1, MailboxNotEnabledForRESTAPI: 3 });
  });

  it('a deleted user is gone with the mailbox and is listed among the deleted', async () => {
    const daniel = await backup.mailbox('Daniel Hart');
    const { deltaLink } = await backup.all('/users/delta');
    assert.equal((await helpdesk.send('DELETE', daniel.user)).status, 204);
    assert.equal((await backup.get(daniel.user)).status, 404);
    assert.equal(
      (await backup.get(`${daniel.exchange}/folders`)).body.error.code,
      'ErrorInvalidUser',
    );
    const deleted = await backup.get('/directory/deletedItems/microsoft.graph.user');
    assert.equal(deleted.body.value[0].id, daniel.userId);
    const { entries } = await backup.all(deltaLink!);
    assert.deepEqual(entries, [{ id: daniel.userId, '@removed': { reason: 'changed' } }]);
  });
});

describe('folders', () => {
  it('keeps localised names and siblings of one name; well-known names find them', async () => {
    const henrike = await backup.mailbox('Henrike Möller');
    const inbox = await backup.get(`${henrike.exchange}/folders/Inbox`);
    assert.equal(inbox.body.displayName, 'Posteingang');
    const lukas = await backup.mailbox('Lukas Weber');
    const { body } = await backup.get(`${lukas.exchange}/folders/inbox/childFolders`);
    const names = body.value.map((it: { displayName: string }) => it.displayName);
    assert.deepEqual(names.sort(), ['Kunden / offen', 'Rechnungen', 'Rechnungen']);
  });

  it('lists the tree flat, and later only what changed', async () => {
    const { entries, deltaLink } = await backup.all(`${adele.exchange}/folders/delta`);
    const harbour = entries.find((it) => it.displayName === 'Harbour');
    assert.equal(entries.find((it) => it.id === harbour.parentFolderId).displayName, 'Projects');
    assert.ok(harbour.totalItemCount >= 30);
    const path = `${adele.exchange}/folders`;
    const made = await restore.send('POST', path, { displayName: 'New', type: 'IPF.Note' });
    assert.equal(made.status, 201);
    const again = await restore.send('POST', path, { displayName: 'new', type: 'IPF.Note' });
    assert.deepEqual([again.status, again.body.error.code], [409, 'ErrorFolderExists']);
    const second = await backup.all(deltaLink!);
    assert.deepEqual(
      second.entries.map((it) => it.displayName),
      ['New'],
    );
    await helpdesk.send('DELETE', `${adele.user}/mailFolders/${made.body.id}`);
    const third = await backup.all(second.deltaLink!);
    const bin = await folderNamed('Deleted Items');
    assert.equal(third.entries[0].parentFolderId, bin.id);
    await helpdesk.send('DELETE', `${adele.user}/mailFolders/${made.body.id}`);
    const fourth = await backup.all(third.deltaLink!);
    assert.deepEqual(fourth.entries, [{ id: made.body.id, '@removed': { reason: 'deleted' } }]);
  });

  it('refuses to delete a distinguished folder', async () => {
    const { status, body } = await helpdesk.send('DELETE', `${adele.user}/mailFolders/inbox`);
    assert.deepEqual([status, body.error.code], [400, 'ErrorDeleteDistinguishedFolder']);
  });
});

describe('items and their changes', () => {
  it('the first round gives every item once, page by page; the next gives nothing', async () => {
    const { id, totalItemCount } = await folderNamed('Harbour');
    backup.prefer = 'IdType="ImmutableId", odata.maxpagesize=7';
    const { entries, deltaLink, pages } = await backup.all(
      `${adele.exchange}/folders/${id}/items/delta`,
    );
    assert.equal(pages, Math.ceil(totalItemCount / 7));
    assert.equal(new Set(entries.map((it) => it.id)).size, totalItemCount);
    assert.ok(entries.every((it) => it.changeKey && it.type && it.size > 0 && !('subject' in it)));
    assert.deepEqual((await backup.all(deltaLink!)).entries, []);
    backup.prefer = 'IdType="ImmutableId"';
  });

  it('tells additions, changes, moves and removals, also twice from the same link', async () => {
    const inbox = await folderNamed('Inbox');
    const first = await backup.all(`${adele.exchange}/folders/${inbox.id}/items/delta`);
    const moved = first.entries[0];
    const { body } = await helpdesk.get(
      `${adele.user}/mailFolders/inbox/messages?$select=subject&$top=3`,
    );
    const kept = body.value.find((it: { id: string }) => it.id !== moved.id);
    await helpdesk.send('POST', `${adele.user}/messages/${moved.id}/move`, {
      destinationId: 'archive',
    });
    await helpdesk.send('PATCH', `${adele.user}/messages/${kept.id}`, { categories: ['Red'] });
    const added = await newMessage('added between rounds');
    for (let time = 0; time < 2; time++) {
      const { entries } = await backup.all(first.deltaLink!);
      const byId = new Map(entries.map((it) => [it.id, it]));
      assert.deepEqual([...byId.keys()].sort(), [moved.id, kept.id, added.id].sort());
      assert.deepEqual(byId.get(moved.id)['@removed'], { reason: 'deleted' });
      assert.deepEqual(byId.get(kept.id).categories, ['Red']);
    }
  });

  it('an item that changes while somebody pages comes again on a later page', async () => {
    const { id } = await folderNamed('Harbour');
    backup.prefer = 'IdType="ImmutableId", odata.maxpagesize=10';
    const page = (await backup.get(`${adele.exchange}/folders/${id}/items/delta`)).body;
    const changed = page.value[3].id;
    await helpdesk.send('PATCH', `${adele.user}/messages/${changed}`, { categories: ['Late'] });
    const { entries } = await backup.all(page['@odata.nextLink']);
    assert.deepEqual(entries.find((it) => it.id === changed).categories, ['Late']);
    backup.prefer = 'IdType="ImmutableId"';
  });

  it('a forgotten or damaged cursor is 410 with the place to begin anew', async () => {
    const { id } = await folderNamed('Archive');
    const path = `${adele.exchange}/folders/${id}/items/delta`;
    const { deltaLink } = await backup.all(path);
    const mailbox = standIn.store.mailboxOf(standIn.store.users.get(adele.userId)!)!;
    standIn.store.forgetCursors(mailbox);
    for (const link of [deltaLink!, `${path}?$deltatoken=nonsense`]) {
      const { status, body, headers } = await backup.get(link);
      assert.deepEqual([status, body.error.code], [410, 'syncStateNotFound']);
      assert.ok(headers.get('location')!.endsWith(`/folders/${id}/items/delta`));
    }
  });

  it('expands extended properties, whose ids lose leading zeros', async () => {
    const { id: item } = await newMessage('Properties');
    const inbox = await folderNamed('Inbox');
    const filter = "id eq 'String 0x0037' or id eq 'SystemTime 0x0E06' or id eq 'String 0x9999'";
    const { body } = await backup.get(
      `${adele.exchange}/folders/${inbox.id}/items/${item}?$expand=singleValueExtendedProperties($filter=${encodeURIComponent(filter)})`,
    );
    assert.deepEqual(body.singleValueExtendedProperties, [
      { id: 'String 0x37', value: 'Properties' },
      { id: 'SystemTime 0xE06', value: '2024-05-01T10:00:05.000Z' },
    ]);
  });

  it('ids differ in case alone and are not interchangeable; a regular id ends with a move', async () => {
    const { id } = await folderNamed('Harbour');
    const { entries } = await backup.all(`${adele.exchange}/folders/${id}/items/delta`);
    const folded = new Set(entries.map((it) => it.id.toLowerCase()));
    assert.ok(folded.size < entries.length, 'some ids differ in case only');
    const { id: immutable } = await newMessage('To be moved');
    helpdesk.prefer = '';
    const regular = (await helpdesk.get(`${adele.user}/messages/${immutable}`)).body.id;
    assert.notEqual(regular, immutable);
    await helpdesk.send('POST', `${adele.user}/messages/${regular}/move`, {
      destinationId: 'archive',
    });
    assert.equal(
      (await helpdesk.get(`${adele.user}/messages/${regular}`)).body.error.code,
      'ErrorItemNotFound',
    );
    helpdesk.prefer = 'IdType="ImmutableId"';
    assert.equal((await helpdesk.get(`${adele.user}/messages/${immutable}`)).status, 200);
    assert.equal(
      (await helpdesk.get(`${adele.user}/messages/xyz`)).body.error.code,
      'ErrorInvalidIdMalformed',
    );
  });
});

describe('messages', () => {
  it('one POST makes a complete message that is no draft; MIME makes a draft', async () => {
    const made = await newMessage('Größe & Maß', {
      internetMessageHeaders: [{ name: 'x-restored', value: 'yes' }],
      attachments: [
        {
          '@odata.type': '#microsoft.graph.fileAttachment',
          name: 'größe.bin',
          contentType: 'application/octet-stream',
          contentBytes: Buffer.from('bytes').toString('base64'),
        },
      ],
    });
    assert.deepEqual([made.isDraft, made.isRead, made.subject], [false, true, 'Größe & Maß']);
    assert.equal(made.receivedDateTime, '2024-05-01T10:00:05.000Z');
    const attachments = await backup.get(`${adele.user}/messages/${made.id}/attachments`);
    assert.equal(attachments.body.value[0].name, 'größe.bin');
    assert.equal(Buffer.from(attachments.body.value[0].contentBytes, 'base64').toString(), 'bytes');
    const value = `${adele.user}/messages/${made.id}/attachments/${attachments.body.value[0].id}/$value`;
    assert.equal((await backup.bytes(value)).toString(), 'bytes');
    const mime = await backup.bytes(`${adele.user}/messages/${made.id}/$value`);
    const posted = await restore.fetch(`${adele.user}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: mime.toString('base64'),
    });
    const draft = (await posted.json()) as { id: string; isDraft: boolean };
    assert.equal(draft.isDraft, true);
    assert.deepEqual(await backup.bytes(`${adele.user}/messages/${draft.id}/$value`), mime);
  });

  it('refuses bad base64, foreign headers, requests over 4 MB, $value below a folder', async () => {
    const post = (body: string) =>
      restore.fetch(`${adele.user}/messages`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body,
      });
    const bad = (await (await post('not base64!')).json()) as { error: { code: string } };
    assert.equal(bad.error.code, 'ErrorMimeContentInvalidBase64String');
    assert.equal((await post('A'.repeat(4 * 1024 * 1024 + 4))).status, 413);
    const headers = [{ name: 'Received', value: 'no' }];
    const refused = await restore.send('POST', `${adele.user}/messages`, {
      internetMessageHeaders: headers,
    });
    assert.equal(refused.body.error.code, 'InvalidInternetMessageHeader');
    const { id } = await newMessage('x');
    const below = await backup.get(`${adele.user}/mailFolders/inbox/messages/${id}/$value`);
    assert.deepEqual([below.status, below.body.error.code], [405, 'ErrorInvalidRequest']);
  });

  it('finds by Message-ID and by a named property of the caller', async () => {
    const named = 'String {11111111-2222-4333-8444-555555555555} Name RestoreKey';
    const made = await newMessage('Find me', {
      internetMessageId: "<o'neil@contoso.example>",
      singleValueExtendedProperties: [{ id: named, value: 'key-1' }],
    });
    const find = async (filter: string) => {
      const path = `${adele.user}/mailFolders/inbox/messages?$select=id&$filter=${encodeURIComponent(filter)}`;
      return (await backup.get(path)).body.value.map((it: { id: string }) => it.id);
    };
    assert.deepEqual(await find("internetMessageId eq '<o''neil@contoso.example>'"), [made.id]);
    const property = `singleValueExtendedProperties/any(p:p/id eq '${named}' and p/value eq 'key-1')`;
    assert.deepEqual(await find(property), [made.id]);
  });

  it('deleting moves to Deleted Items, from there to the recoverable items; purging ends it', async () => {
    const { id } = await newMessage('To be deleted');
    const where = async () =>
      (await backup.get(`${adele.user}/messages/${id}?$select=parentFolderId`)).body.parentFolderId;
    await helpdesk.send('DELETE', `${adele.user}/messages/${id}`);
    assert.equal(await where(), (await folderNamed('Deleted Items')).id);
    await helpdesk.send('DELETE', `${adele.user}/messages/${id}`);
    const recoverable = await backup.get(`${adele.user}/mailFolders/recoverableitemsdeletions`);
    assert.equal(await where(), recoverable.body.id);
    await helpdesk.send('POST', `${adele.user}/messages/${id}/permanentDelete`);
    assert.equal((await backup.get(`${adele.user}/messages/${id}`)).status, 404);
  });

  it('a flip of the read flag is told to those who select isRead; sensitive fields of sent mail are closed', async () => {
    const { id } = await newMessage('Flip');
    const folderPath = `${adele.user}/mailFolders/inbox/messages/delta`;
    const plain = await backup.all(`${folderPath}?$select=subject`);
    const reading = await backup.all(`${folderPath}?$select=subject,isRead`);
    const patch = (body: unknown) => helpdesk.send('PATCH', `${adele.user}/messages/${id}`, body);
    assert.equal((await patch({ isRead: false })).status, 200);
    assert.deepEqual((await backup.all(plain.deltaLink!)).entries, []);
    const told = (await backup.all(reading.deltaLink!)).entries;
    assert.deepEqual([told.length, told[0].id, told[0].isRead], [1, id, false]);
    assert.equal((await patch({ subject: 'Other' })).body.error.code, 'ErrorAccessDenied');
  });
});

describe('calendar, contacts, tasks', () => {
  it('lists what the mailbox items of those classes are, under the same ids', async () => {
    for (const [home, path, itemClass] of [
      ['calendar', 'events', 'IPM.Appointment'],
      ['contacts', 'contacts', 'IPM.Contact'],
    ] as const) {
      const items = await backup.all(`${adele.exchange}/folders/${home}/items/delta`);
      const wanted = items.entries.filter((it) => it.type === itemClass).map((it) => it.id);
      const { entries } = await backup.all(`${adele.user}/${path}`);
      assert.ok(wanted.length > 0);
      assert.deepEqual(entries.map((it) => it.id).sort(), wanted.sort());
      assert.equal((await backup.get(`${adele.user}/${path}/${wanted[0]}`)).status, 200);
    }
    const lists = await backup.all(`${adele.user}/todo/lists`);
    const { entries } = await backup.all(`${adele.user}/todo/lists/${lists.entries[0].id}/tasks`);
    assert.equal(entries.length, 3);
  });

  it('the default contact folder is not among the contact folders, yet answers by its id', async () => {
    assert.deepEqual((await backup.all(`${adele.user}/contactFolders`)).entries, []);
    const { id } = (await backup.get(`${adele.exchange}/folders/contacts`)).body;
    assert.ok((await backup.all(`${adele.user}/contactFolders/${id}/contacts`)).entries.length > 0);
  });

  it('an event with attendees would invite them; its iCalUId cannot be chosen', async () => {
    const calendar = (await backup.get(`${adele.exchange}/folders/calendar`)).body.id;
    const moment = { dateTime: '2026-12-01T10:00:00', timeZone: 'UTC' };
    const create = (more: Record<string, unknown>) =>
      restore.send('POST', `${adele.user}/calendars/${calendar}/events`, {
        subject: 'E',
        start: moment,
        end: moment,
        ...more,
      });
    const quiet = await create({ iCalUId: 'MINE' });
    assert.equal(quiet.status, 201);
    assert.notEqual(quiet.body.iCalUId, 'MINE');
    assert.equal(standIn.stats.invitationsSent, 0);
    await create({ attendees: [{ emailAddress: { address: 'x@fabrikam.example' } }] });
    assert.equal(standIn.stats.invitationsSent, 1);
  });
});
