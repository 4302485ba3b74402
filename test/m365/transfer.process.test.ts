import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Caller } from './caller.ts';
import { Random } from './seed/random.ts';
import { type StandIn, startStandIn } from './server.ts';

const folder = mkdtempSync(join(tmpdir(), 'm365-transfer-'));
let standIn: StandIn;
let backup: Caller;
let restore: Caller;
let adele: Awaited<ReturnType<Caller['mailbox']>>;

before(async () => {
  standIn = await startStandIn({ data: join(folder, 'data'), messages: 300, mailboxes: 6 });
  backup = new Caller(standIn, 'backup').consent();
  restore = new Caller(standIn, 'restore').consent();
  adele = await backup.mailbox('Adele Vance');
});
after(async () => {
  await standIn.stop();
  rmSync(folder, { recursive: true });
});

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const exportItems = async (itemIds: string[], mailbox = adele) =>
  backup.send('POST', `${mailbox.exchange}/exportItems`, { itemIds });
const openSession = async (mailbox = adele) =>
  (await restore.send('POST', `${mailbox.exchange}/createImportSession`)).body.importUrl as string;
const post = async (url: string, body: unknown, headers: Record<string, string> = {}) => {
  const res = await fetch(url, { method: 'POST', body: JSON.stringify(body), headers });
  return {
    status: res.status,
    body: (await res.json()) as {
      itemId: string;
      changeKey: string;
      error: { code: string };
    },
  };
};

describe('export and import', () => {
  it('an imported copy has a new id and gives the same stream, and the same $value, for every class', async () => {
    const archive = (await backup.get(`${adele.exchange}/folders/archive`)).body.id;
    const url = await openSession();
    const classes = new Set<string>();
    const { entries: folders } = await backup.all(`${adele.exchange}/folders/delta`);
    for (const { id } of folders) {
      const { entries } = await backup.all(`${adele.exchange}/folders/${id}/items/delta`);
      for (const item of entries.filter((it, index) => index < 8 || it.size > 1_000_000)) {
        const { data } = (await exportItems([item.id])).body.value[0];
        const made = await post(url, { FolderId: archive, Mode: 'create', Data: data });
        assert.equal(made.status, 200);
        const copy = made.body.itemId;
        assert.notEqual(copy, item.id);
        const again = (await exportItems([copy])).body.value[0];
        assert.equal(again.data === data, true, `${item.type}: same stream`);
        classes.add(item.type);
        if (!/^IPM\.(Note|Schedule|StickyNote)/.test(item.type)) continue;
        const value = (id: string) => backup.bytes(`${adele.user}/messages/${id}/$value`);
        assert.equal(sha256(await value(copy)), sha256(await value(item.id)));
      }
    }
    for (const wanted of [
      'IPM.Note',
      'IPM.Appointment',
      'IPM.Contact',
      'IPM.DistList',
      'IPM.Task',
      'IPM.StickyNote',
      'IPM.Schedule.Meeting.Request',
    ]) {
      assert.ok(classes.has(wanted), wanted);
    }
  });

  it('attachments lie in the stream as raw bytes', async () => {
    const { entries } = await backup.all(
      `${adele.user}/messages?$select=id,hasAttachments&$top=100`,
    );
    const { id } = entries.find((it) => it.hasAttachments);
    const attachments = (await backup.get(`${adele.user}/messages/${id}/attachments`)).body.value;
    const stream = Buffer.from((await exportItems([id])).body.value[0].data, 'base64');
    for (const { contentBytes } of attachments) {
      assert.ok(stream.includes(Buffer.from(contentBytes, 'base64')));
    }
  });

  it('flags and categories travel in the stream', async () => {
    const helpdesk = new Caller(standIn, 'helpdesk');
    const { body } = await backup.get(`${adele.user}/mailFolders/inbox/messages?$select=id&$top=1`);
    const { id } = body.value[0];
    const marks = {
      categories: ['Kunde', 'Größe'],
      isRead: false,
      flag: { flagStatus: 'flagged' },
      importance: 'high',
    };
    await helpdesk.send('PATCH', `${adele.user}/messages/${id}`, marks);
    const { data } = (await exportItems([id])).body.value[0];
    const made = await post(await openSession(), {
      FolderId: 'archive',
      Mode: 'create',
      Data: data,
    });
    const copy = (await backup.get(`${adele.user}/messages/${made.body.itemId}`)).body;
    assert.deepEqual(
      {
        categories: copy.categories,
        isRead: copy.isRead,
        flag: copy.flag,
        importance: copy.importance,
      },
      marks,
    );
    assert.equal(copy.isDraft, false);
  });

  it('goes into another mailbox of the organisation', async () => {
    const tom = await backup.mailbox('Tom Brandt');
    const { body } = await backup.get(`${adele.user}/mailFolders/inbox/messages?$select=id&$top=1`);
    const { data } = (await exportItems([body.value[0].id])).body.value[0];
    const made = await post(await openSession(tom), {
      FolderId: 'inbox',
      Mode: 'create',
      Data: data,
    });
    assert.equal((await backup.get(`${tom.user}/messages/${made.body.itemId}`)).status, 200);
    assert.equal((await backup.get(`${adele.user}/messages/${made.body.itemId}`)).status, 400);
  });

  it('takes at most 20 ids, answers each by itself, and can leave one out without a word', async () => {
    const { body } = await backup.get(`${adele.user}/mailFolders/inbox/messages?$select=id&$top=3`);
    const [first, second, third] = body.value.map((it: { id: string }) => it.id);
    assert.equal((await exportItems(Array.from({ length: 21 }, () => first))).status, 400);
    const unknown = first.replace(/.{8}$/, '___0AAA=');
    standIn.faults.decideExport = ({ itemId }) =>
      itemId === second ? { code: 'ErrorCorruptData' } : itemId === third ? 'omit' : null;
    const { value } = (await exportItems([first, second, third, unknown, 'x'])).body;
    standIn.faults.decideExport = () => null;
    const codes = value.map((it: { itemId: string; error?: { code: string } }) => [
      it.itemId,
      it.error?.code,
    ]);
    assert.deepEqual(codes, [
      [first, undefined],
      [second, 'ErrorCorruptData'],
      [unknown, 'ErrorItemNotFound'],
      ['x', 'ErrorInvalidIdMalformed'],
    ]);
  });

  it('checks the rules of create and update', async () => {
    const url = await openSession();
    const { body } = await backup.get(
      `${adele.user}/mailFolders/inbox/messages?$select=id,changeKey&$top=1`,
    );
    const { id: ItemId, changeKey: ChangeKey } = body.value[0];
    const { data: Data } = (await exportItems([ItemId])).body.value[0];
    const FolderId = 'inbox';
    for (const [request, status, code] of [
      [{ FolderId, Mode: 'create', Data, ItemId }, 400, 'ErrorInvalidArgument'],
      [{ FolderId, Mode: 'update', Data }, 400, 'ErrorInvalidArgument'],
      [
        { FolderId, Mode: 'update', Data, ItemId, ChangeKey: 'stale' },
        409,
        'ErrorIrresolvableConflict',
      ],
      [{ FolderId: 'nowhere', Mode: 'create', Data }, 404, 'ErrorFolderNotFound'],
      [{ FolderId, Mode: 'create', Data: Data.slice(0, 400) }, 400, 'ErrorCorruptData'],
      [{ FolderId, Mode: 'create' }, 400, 'ErrorInvalidArgument'],
    ] as const) {
      const answer = await post(url, request);
      assert.deepEqual([answer.status, answer.body.error.code], [status, code]);
    }
    const updated = await post(url, { FolderId, Mode: 'update', Data, ItemId, ChangeKey });
    assert.equal(updated.status, 200);
    assert.equal(updated.body.itemId, ItemId);
    assert.notEqual(updated.body.changeKey, ChangeKey);
  });

  it('a session carries its own token, wants no other, and ends', async () => {
    const url = await openSession();
    const request = { FolderId: 'inbox', Mode: 'create', Data: 'AAAA' };
    assert.equal((await post(url, request, { authorization: 'Bearer leaked' })).status, 400);
    standIn.sessions.endAll();
    assert.equal((await post(url, request)).status, 401);
  });

  it('a lost answer leaves the item there: sending again makes a second one', async () => {
    const { body } = await backup.get(
      `${adele.user}/mailFolders/inbox/messages?$select=id,internetMessageId&$top=1`,
    );
    const { id, internetMessageId } = body.value[0];
    const { data: Data } = (await exportItems([id])).body.value[0];
    const folderId = (
      await restore.send('POST', `${adele.exchange}/folders`, {
        displayName: 'Lost',
        type: 'IPF.Note',
      })
    ).body.id;
    const url = await openSession();
    standIn.faults.decide = ({ kind }) => (kind === 'importItem' ? { kind: 'lose-answer' } : null);
    await assert.rejects(post(url, { FolderId: folderId, Mode: 'create', Data }));
    standIn.faults.decide = () => null;
    await post(url, { FolderId: folderId, Mode: 'create', Data });
    const filter = encodeURIComponent(`internetMessageId eq '${internetMessageId}'`);
    const found = await backup.get(
      `${adele.user}/mailFolders/${folderId}/messages?$filter=${filter}`,
    );
    assert.equal(found.body.value.length, 2);
  });

  it('an answer can be cut short', async () => {
    const { body } = await backup.get(`${adele.user}/mailFolders/inbox/messages?$select=id&$top=5`);
    standIn.faults.decide = ({ kind }) =>
      kind === 'exportItems' ? { kind: 'cut', afterBytes: 500 } : null;
    await assert.rejects(exportItems(body.value.map((it: { id: string }) => it.id)));
    standIn.faults.decide = () => null;
  });
});

describe('throttling', () => {
  const tight = (limits: NonNullable<Parameters<typeof startStandIn>[0]['limits']>) =>
    startStandIn({ data: join(folder, 'data'), messages: 300, mailboxes: 6, limits });

  it('the fifth request at once is refused, and counted', async () => {
    await using other = await tight({});
    const caller = new Caller(other, 'backup');
    const { exchange } = await caller.mailbox('Adele Vance');
    other.faults.decide = ({ kind }) =>
      kind === 'folders.list' ? { kind: 'delay', ms: 3_000 } : null;
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => caller.get(`${exchange}/folders`)),
    );
    const refused = answers.filter(({ status }) => status === 429);
    assert.equal(refused.length, 2);
    assert.match(refused[0]!.headers.get('retry-after')!, /^\d+$/);
    assert.equal(refused[0]!.body.error.code, 'ApplicationThrottled');
    assert.deepEqual([other.stats.throttled.concurrency, other.stats.concurrentMax], [2, 4]);
  });

  it('four lanes that wait for each answer are never refused', async () => {
    await using other = await tight({});
    const caller = new Caller(other, 'backup');
    const { exchange } = await caller.mailbox('Adele Vance');
    const lane = async () => {
      for (let turn = 0; turn < 60; turn++) await caller.get(`${exchange}/folders/inbox`);
    };
    await Promise.all([lane(), lane(), lane(), lane()]);
    assert.deepEqual(other.stats.throttled, { concurrency: 0, requests: 0, bytes: 0 });
  });

  it('requests and uploads have their windows, for each mailbox by itself', async () => {
    await using other = await tight({ requests: 5, uploadBytes: 2_000 });
    const caller = new Caller(other, 'restore').consent();
    const reader = new Caller(other, 'backup');
    const [one, two] = [await reader.mailbox('Adele Vance'), await reader.mailbox('Tom Brandt')];
    const body = {
      subject: 'x'.repeat(200),
      body: { contentType: 'text', content: 'y'.repeat(1_500) },
    };
    assert.equal((await caller.send('POST', `${one.user}/messages`, body)).status, 201);
    const heavy = await caller.send('POST', `${one.user}/messages`, body);
    assert.match(heavy.body.error.message, /IncomingBytes/);
    for (let turn = 0; turn < 3; turn++) await caller.get(`${one.user}/messages/x`);
    const many = await caller.get(`${one.user}/messages/x`);
    assert.match(many.body.error.message, /MailboxRequests/);
    assert.ok(Number(many.headers.get('retry-after')) > 500);
    assert.equal((await caller.send('POST', `${two.user}/messages`, body)).status, 201);
  });
});

describe('a restart', () => {
  it('finds mail, folders, consents, cursors and deletions as they were', async () => {
    const data = join(folder, 'restart');
    const options = { data, mailboxes: 3, messages: 40 };
    await using first = await startStandIn(options);
    const caller = new Caller(first, 'restore').consent();
    new Caller(first, 'backup').consent();
    const helpdesk = new Caller(first, 'helpdesk');
    const reader = new Caller(first, 'backup');
    const mailbox = await reader.mailbox('Adele Vance');
    const { deltaLink, entries } = await reader.all(
      `${mailbox.exchange}/folders/inbox/items/delta`,
    );
    const made = await caller.send('POST', `${mailbox.user}/mailFolders/inbox/messages`, {
      subject: 'Kept',
    });
    const value = await reader.bytes(`${mailbox.user}/messages/${made.body.id}/$value`);
    await helpdesk.send('DELETE', `${mailbox.user}/messages/${entries[0].id}`);
    const tom = await reader.mailbox('Tom Brandt');
    await helpdesk.send('DELETE', tom.user);
    const port = Number(new URL(first.facts.graphUrl).port);
    // Stopped without a word, as by kill -9: nothing is written at the end.
    await first.stop();

    await using second = await startStandIn({ ...options, port });
    const later = new Caller(second, 'backup');
    const changed = (await later.all(deltaLink!)).entries;
    const ids = changed.map((it) => [it.id, it['@removed'] !== undefined]);
    assert.deepEqual(ids, [
      [made.body.id, false],
      [entries[0].id, true],
    ]);
    assert.deepEqual(await later.bytes(`${mailbox.user}/messages/${made.body.id}/$value`), value);
    assert.equal((await later.get(tom.user)).status, 404);
  });

  it('the same seed makes the same bytes', async () => {
    const fingerprint = async (data: string) => {
      await using it = await startStandIn({
        data: join(folder, data),
        mailboxes: 2,
        messages: 30,
        seed: 11,
      });
      const hash = createHash('sha256');
      for (const user of it.store.users.values()) {
        const mailbox = it.store.mailboxOf(user);
        for (const item of mailbox?.items.values() ?? []) {
          hash.update(
            item.mail
              ? await it.store.content.read(item.mail.content)
              : JSON.stringify(item.resource),
          );
        }
      }
      return hash.digest('hex');
    };
    assert.equal(await fingerprint('seed-a'), await fingerprint('seed-b'));
  });
});

describe('mail from a folder of files', () => {
  it('each first-level folder is a mailbox, and $value gives the file back byte for byte', async () => {
    const mail = join(folder, 'mail');
    const files: Record<string, Buffer> = {
      'anna/1.eml': Buffer.from('Subject: one\n\nbare line feeds\n'),
      'anna/Sent Items/2.eml': Buffer.from(
        'Subject: =?utf-8?Q?zwei?=\r\n\r\n\xff\xfe not utf-8',
        'latin1',
      ),
      'anna/deep/er/3.eml': Buffer.alloc(0),
      'bob/4.eml': Buffer.from('no headers at all'),
      'bob/5.msg': Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), Buffer.from('compound')]),
    };
    for (const [name, bytes] of Object.entries(files)) {
      mkdirSync(join(mail, name, '..'), { recursive: true });
      writeFileSync(join(mail, name), bytes);
    }
    await using other = await startStandIn({ data: join(folder, 'from-mail'), mail });
    const caller = new Caller(other, 'backup').consent();
    const anna = await caller.mailbox('anna');
    const found: Record<string, string> = {};
    for (const { id, displayName } of (await caller.all(`${anna.exchange}/folders/delta`))
      .entries) {
      for (const item of (await caller.all(`${anna.exchange}/folders/${id}/items/delta`)).entries) {
        found[displayName] = sha256(await caller.bytes(`${anna.user}/messages/${item.id}/$value`));
      }
    }
    assert.deepEqual(found, {
      Inbox: sha256(files['anna/1.eml']!),
      'Sent Items': sha256(files['anna/Sent Items/2.eml']!),
      er: sha256(files['anna/deep/er/3.eml']!),
    });
    const bob = await caller.mailbox('bob');
    const { entries } = await caller.all(`${bob.exchange}/folders/inbox/items/delta`);
    assert.equal(entries.length, 1);
  });

  it('a large message passes through export and import without being held whole', async () => {
    const mail = join(folder, 'large', 'carl');
    mkdirSync(mail, { recursive: true });
    const content = new Random(3)
      .bytes(16_000_000)
      .toString('base64')
      .match(/.{1,76}/g)!
      .join('\r\n');
    const message = `Subject: large\r\nContent-Type: application/zip; name=big.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n${content}\r\n`;
    writeFileSync(join(mail, '1.eml'), message);
    await using other = await startStandIn({
      data: join(folder, 'large-data'),
      mail: join(folder, 'large'),
    });
    const caller = new Caller(other, 'backup').consent();
    const writer = new Caller(other, 'restore').consent();
    const carl = await caller.mailbox('carl');
    const { id } = (await caller.all(`${carl.exchange}/folders/inbox/items/delta`)).entries[0];
    const exported = await caller.send('POST', `${carl.exchange}/exportItems`, { itemIds: [id] });
    const session = await writer.send('POST', `${carl.exchange}/createImportSession`);
    const request = { FolderId: 'archive', Mode: 'create', Data: exported.body.value[0].data };
    const made = await post(session.body.importUrl, request);
    assert.equal(made.status, 200);
    const copy = await caller.bytes(`${carl.user}/messages/${made.body.itemId}/$value`);
    assert.equal(sha256(copy), sha256(Buffer.from(message)));
    const shown = (
      await caller.get(`${carl.user}/messages/${made.body.itemId}?$select=subject,hasAttachments`)
    ).body;
    assert.deepEqual([shown.subject, shown.hasAttachments], ['large', true]);
  });
});
