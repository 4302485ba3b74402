import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, beforeEach, describe, it } from 'node:test';
import { drizzle } from 'drizzle-orm/postgres-js';
import type { Database } from '#db/client.ts';
import { listenForChanges } from '#db/listen.ts';
import { previews } from '#db/schema/restores.ts';
import { addMs } from '#lib/core/clock.ts';
import { AppError, isAppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import { cardOf } from '#lib/exchange/item-details.ts';
import type { ReadItemInput } from '#lib/jobs/contract.ts';
import { actorName, type ServiceContext } from '#lib/services/context.ts';
import { listFolders } from '#lib/services/folders/list.ts';
import { listFoldersOfAllCopies } from '#lib/services/folders/list-ever.ts';
import { downloadItem } from '#lib/services/items/download.ts';
import { dropPreviews } from '#lib/services/items/drop-previews.ts';
import { listItems } from '#lib/services/items/list.ts';
import { readItem } from '#lib/services/items/read.ts';
import { readPreviewHtml } from '#lib/services/items/read-html.ts';
import { renderItem } from '#lib/services/items/render-item.ts';
import { renderPreview } from '#lib/services/items/render-preview.ts';
import { ChangeBoard } from '#lib/services/live/board.ts';
import { getMailbox } from '#lib/services/mailboxes/get.ts';
import { wholeReach } from '#lib/services/reach.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { MemoryVault } from '#test/kit/memory-vault.ts';
import {
  createCustomer,
  createMailbox,
  createWorld,
  fillMailbox,
  type VersionInput,
  type World,
} from '#test/kit/msp.ts';

describe('items of a mailbox', () => {
  let db: TestDatabase;
  let world: World;
  let place: { tenantId: string; mailboxId: string };
  before(async () => {
    db = await createTestDatabase();
  });
  beforeEach(async () => {
    world = await createWorld(db);
    const { tenantId } = await createCustomer(db, world);
    place = { tenantId, mailboxId: await createMailbox(db, world, tenantId) };
  });
  after(() => db.close());

  const fill = (sequences: number, versions: VersionInput[]) =>
    fillMailbox(db, world, place, sequences, versions);

  it('are shown as a snapshot saw them, with when they went', async () => {
    const { takenAt } = await fill(3, [
      { key: 'stays', fromSeq: 1 },
      { key: 'edited', fromSeq: 1, toSeq: 2, subject: 'before' },
      { key: 'edited', fromSeq: 2, subject: 'after' },
      { key: 'gone', fromSeq: 1, toSeq: 3 },
      { key: 'moved', fromSeq: 1, toSeq: 2 },
      { key: 'moved', fromSeq: 2, folderId: 'archive' },
      { key: 'later', fromSeq: 3 },
      { key: 'not yet', fromSeq: 4 },
      { key: 'going', fromSeq: 1, toSeq: 4 },
    ]);
    const at = async (sequence: number) => {
      const page = await listItems(world.as('owner'), { ...place, sequence, folderId: 'inbox' });
      marks.set(sequence, Object.fromEntries(page.items.map(({ subject, now }) => [subject, now])));
      return Object.fromEntries(page.items.map((item) => [item.subject, item.goneSince]));
    };
    const marks = new Map<number, Record<string, string>>();
    // A version that an unfinished run ended is not gone: no snapshot says so.
    assert.deepEqual(await at(1), {
      stays: null,
      before: null,
      gone: takenAt[2],
      moved: null,
      going: null,
    });
    assert.deepEqual(await at(2), { stays: null, after: null, gone: takenAt[2], going: null });
    assert.deepEqual(await at(3), { stays: null, after: null, later: null, going: null });
    await assert.rejects(at(4), { code: 'not-found' });
    assert.deepEqual(marks.get(1), {
      stays: 'there',
      before: 'edited',
      gone: 'gone',
      moved: 'moved',
      going: 'there',
    });
    const lost = { ...place, sequence: 1, folderId: 'inbox', show: 'gone' as const };
    assert.deepEqual(
      (await listItems(world.as('owner'), lost)).items.map(({ key }) => key),
      ['gone'],
    );
    const looked = await db.owner`select 1 from audit_events
      where tenant_id = ${place.tenantId} and action = 'item.list'`;
    assert.equal(looked.length, 4);

    const folders = await listFolders(world.as('owner'), { ...place, sequence: 1 });
    assert.deepEqual(
      folders.map((folder) => [folder.name, folder.wellKnown, folder.itemCount]),
      [['Posteingang', 'inbox', 5]],
    );
    await listFolders(world.as('owner'), { ...place, sequence: 1 });
    await listFolders(world.as('owner'), { ...place, sequence: 2 });
    const trees = await db.owner`select facts from audit_events
      where tenant_id = ${place.tenantId} and action = 'folder.list' order by seq`;
    assert.deepEqual(
      trees.map(({ facts }) => [facts.sequence, facts.folders]),
      [
        [1, 1],
        [2, 1],
      ],
    );
    const mailbox = await getMailbox(world.as('owner'), place);
    assert.deepEqual(
      mailbox.snapshots.map((snapshot) => snapshot.sequence),
      [3, 2, 1],
    );
  });

  it('an event has its hours and its place in the list', async () => {
    const card = cardOf('event', {
      start: { dateTime: '2026-11-24T09:00:00', timeZone: 'UTC' },
      location: { displayName: 'Quay\u0000 7' },
    });
    await fillMailbox(db, world, place, 1, [
      { key: 'event', fromSeq: 1, kind: 'event', card: card! },
      { key: 'mail', fromSeq: 1 },
    ]);
    const { items } = await listItems(world.as('owner'), {
      ...{ ...place, sequence: 1, folderId: 'inbox' },
    });
    assert.deepEqual(
      new Map(items.map((item) => [item.key, item.card])),
      new Map([
        ['event', card],
        ['mail', null],
      ]),
    );
  });

  it('folders say which of them the latest copy has no more, and a search can be in those too', async () => {
    await fillMailbox(db, world, place, 2, [{ key: 'k', fromSeq: 1, folderId: 'old', toSeq: 2 }]);
    const add = (sourceId: string, name: string, fromSeq: number, toSeq: number | null) =>
      db.owner`insert into folders ${db.owner({
        ...{ msp_id: world.mspId, tenant_id: place.tenantId, mailbox_id: place.mailboxId },
        ...{ id: newId(), source_id: sourceId, parent_source_id: 'inbox', name, type: 'IPF.Note' },
        ...{ from_seq: fromSeq, to_seq: toSeq },
      })}`;
    await add('old', 'Old', 1, 2);
    await add('moved', 'Before', 1, 2);
    await add('moved', 'After', 2, null);
    // A copy that is under way shows nothing yet: neither what it found nor what it missed.
    await add('leaving', 'Leaving', 1, 3);
    await add('coming', 'Coming', 3, null);
    const owner = world.as('owner');
    const at = async (sequence: number) =>
      (await listFolders(owner, { ...place, sequence })).map(({ name, gone }) => [name, gone]);
    assert.deepEqual(await at(1), [
      ['Before', false],
      ['Leaving', false],
      ['Old', true],
      ['Posteingang', false],
    ]);
    assert.deepEqual(
      (await at(2)).map(([name]) => name),
      ['After', 'Leaving', 'Posteingang'],
    );
    const ever = await listFoldersOfAllCopies(owner, place);
    assert.deepEqual(ever.map(({ name, gone }) => [name, gone]).sort(), [
      ['After', false],
      ['Leaving', false],
      ['Old', true],
      ['Posteingang', false],
    ]);
    await assert.rejects(listFoldersOfAllCopies(world.as('auditor'), place), {
      code: 'forbidden',
    });
  });

  it('come page by page, newest first and undated last, each exactly once', async () => {
    const versions = Array.from({ length: 25 }, (_, index): VersionInput => {
      // Several share a moment, some have none: what a cursor has to survive.
      const at = index % 5 === 0 ? null : new Date(Date.UTC(2026, 0, 1 + (index % 4)));
      return { key: `k${index}`, fromSeq: 1, at };
    });
    await fill(1, versions);
    const seen: { key: string; at: Date | null }[] = [];
    let after: string | null = null;
    do {
      const page = await listItems(world.as('owner'), {
        ...place,
        sequence: 1,
        folderId: 'inbox',
        limit: 4,
        after,
      });
      assert.ok(page.items.length > 0);
      seen.push(...page.items);
      after = page.next;
    } while (after !== null);
    assert.deepEqual(
      new Set(seen.map((item) => item.key)),
      new Set(versions.map((version) => version.key)),
    );
    assert.equal(seen.length, 25);
    const times = seen.map((item) => item.at?.getTime() ?? Number.NEGATIVE_INFINITY);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => b - a),
    );
  });

  it('of an address book come by name, tasks by when they are due and those that are done last', async () => {
    const task = (due: string | null, done: boolean) => ({
      card: {
        ...{ kind: 'task' as const, done, completed: null },
        due: due === null ? null : { at: `${due}T00:00:00`, zone: 'UTC' },
      },
    });
    await fill(1, [
      { key: 'b', fromSeq: 1, subject: 'berg', ...task('2026-03-01', false) },
      { key: 'd', fromSeq: 1, subject: 'Dahl', ...task('2026-01-01', true) },
      { key: 'a', fromSeq: 1, subject: 'Adler', ...task(null, false) },
      { key: 'c', fromSeq: 1, subject: 'Clausen', ...task('2026-02-01', false) },
    ]);
    const page = { ...place, sequence: 1, folderId: 'inbox', limit: 3 };
    const read = async (order: 'name' | 'due') => {
      const first = await listItems(world.as('owner'), { ...page, order });
      const second = await listItems(world.as('owner'), { ...page, order, after: first.next });
      assert.equal(second.next, null);
      return [...first.items, ...second.items].map(({ key }) => key).join('');
    };
    assert.deepEqual([await read('name'), await read('due')], ['abcd', 'cbad']);
    const { next } = await listItems(world.as('owner'), { ...page, order: 'name' });
    await assert.rejects(listItems(world.as('owner'), { ...page, after: next }), {
      code: 'input.invalid',
    });
  });

  it('a page that is not one of ours is refused', async () => {
    await fill(1, []);
    for (const after of [
      'x',
      'AAAA',
      Buffer.from('1/2/3').toString('base64url'),
      Buffer.from("1' or 1=1/x").toString('base64url'),
    ]) {
      await assert.rejects(
        listItems(world.as('owner'), { ...place, sequence: 1, folderId: 'inbox', after }),
        {
          code: 'input.invalid',
        },
      );
    }
  });

  const rendered = {
    headers: [['From', 'Ines Berger']] as [string, string][],
    text: 'signed copy',
    html: '<p>signed copy</p>',
    remote: 2,
    headerLines: [['From', 'Ines Berger']] as [string, string][],
    details: null,
    attachments: [{ name: 'contract.pdf', bytes: 10, type: 'application/pdf' }],
    truncated: false,
  };
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-previews-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('reading one asks the worker, is in the audit log before, and leaves no text behind for long', async () => {
    const { itemIds } = await fill(1, [{ key: 'k', fromSeq: 1 }]);
    const itemId = itemIds.get('k@1')!;
    const refs: string[] = [];
    world.jobs.on('startReadItem', async (input: ReadItemInput) => {
      const [event] = await db.owner`select actor, entity_id from audit_events
        where tenant_id = ${place.tenantId} and action = 'item.read'`;
      assert.equal(event?.entity_id, itemId);
      await renderPreview(
        world.workflow,
        input,
        async ({ ref, kind, form }) => {
          assert.deepEqual([kind, form], ['message', 'view']);
          refs.push(ref);
          return rendered;
        },
        folder,
      );
    });
    const opened = await readItem(world.as('technician'), { ...place, itemId });
    const { html, ...shown } = rendered;
    const { item, previewId, ...rest } = opened;
    assert.deepEqual(rest, { ...shown, hasHtml: true });
    assert.deepEqual(
      [item.id, item.now, item.goneSince, item.folder, item.sequence, item.versions.length],
      [itemId, 'there', null, ['Posteingang'], 1, 1],
    );
    // Read again at once, it is shown again; the vault is not asked, the log is written.
    assert.deepEqual(await readItem(world.as('technician'), { ...place, itemId }), opened);
    assert.deepEqual(await readPreviewHtml(world.as('technician'), { ...place, previewId }), {
      html,
    });
    assert.deepEqual(refs, ['a'.repeat(64)]);
    const events = await db.owner`select 1 from audit_events
      where tenant_id = ${place.tenantId} and action = 'item.read'`;
    assert.equal(events.length, 3);

    world.clock.advance(11 * 60_000);
    await assert.rejects(readPreviewHtml(world.as('technician'), { ...place, previewId }), {
      code: 'expired',
    });
    await readItem(world.as('technician'), { ...place, itemId });
    const left = await db.owner`select id from previews where tenant_id = ${place.tenantId}`;
    assert.equal(left.length, 1);

    const count = async () =>
      (await db.owner`select 1 from previews where tenant_id = ${place.tenantId}`).length;
    await dropPreviews(world.workflow, place, folder);
    assert.equal(await count(), 1, 'it is still being read');
    world.clock.advance(11 * 60_000);
    await dropPreviews(world.workflow, place, folder);
    assert.equal(await count(), 0);
  });

  it('a version that was edited and then went is gone, since the copy that missed it', async () => {
    const { takenAt } = await fill(4, [
      { key: 'k', fromSeq: 1, toSeq: 2 },
      { key: 'k', fromSeq: 2, toSeq: 3 },
    ]);
    const [item] = (
      await listItems(world.as('owner'), { ...place, sequence: 1, folderId: 'inbox' })
    ).items;
    assert.deepEqual([item?.now, item?.goneSince], ['gone', takenAt[2]]);
  });

  it('bytes come as a file under a name of ours, are audited, and do not stay', async () => {
    const { itemIds } = await fill(1, [{ key: 'k', fromSeq: 1 }]);
    const itemId = itemIds.get('k@1')!;
    const vault = new MemoryVault();
    const { ref } = await vault.putItem({
      readable: {
        format: 'mime',
        body: Buffer.from(
          'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; name="../../evil.html"\r\nContent-Disposition: attachment\r\n\r\n<script>1</script>\r\n--b--\r\n',
        ),
      },
    });
    world.jobs.on('startReadItem', (input: ReadItemInput) =>
      renderPreview(
        world.workflow,
        input,
        (wish) => renderItem(vault, { ...wish, ref }, folder),
        folder,
      ),
    );
    const take = async (part?: number) => {
      const file = await downloadItem(world.as('owner'), { ...place, itemId, part }, folder);
      return { name: file.fileName, text: await text(file.body), bytes: file.bytes };
    };
    const attachment = await take(0);
    assert.match(attachment.name, /^holdfast-file-1-[0-9a-f]{8}\.bin$/);
    assert.equal(attachment.text, '<script>1</script>');
    assert.equal(attachment.bytes, 18);
    assert.match((await take()).name, /^holdfast-message-[0-9a-f]{8}\.eml$/);
    await assert.rejects(take(1), { code: 'conflict', message: /attachment/ });
    await assert.rejects(downloadItem(world.as('auditor'), { ...place, itemId }, folder), {
      code: 'forbidden',
    });
    const events = await db.owner`select 1 from audit_events
      where tenant_id = ${place.tenantId} and action = 'item.download'`;
    assert.equal(events.length, 3);
    assert.equal(readdirSync(folder).length, 2);
    world.clock.advance(3 * 60_000);
    await dropPreviews(world.workflow, place, folder);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('what a killed worker left of a file goes with the rest, and so does what comes too late', async () => {
    const { itemIds } = await fill(1, [{ key: 'k', fromSeq: 1 }]);
    const itemId = itemIds.get('k@1')!;
    const take = () => downloadItem(world.as('owner'), { ...place, itemId }, folder);
    const asked: ReadItemInput[] = [];
    // The worker is killed as it writes: no attempt comes to an end.
    world.jobs.on('startReadItem', async (input: ReadItemInput) => {
      asked.push(input);
      writeFileSync(join(folder, `preview-${input.previewId}.partial`), 'half a mail');
      throw new AppError('internal', 'nobody is there', { retryable: true });
    });
    await assert.rejects(take(), { code: 'internal' });
    await assert.rejects(take(), { code: 'internal' });
    assert.equal(asked[0]!.previewId, asked[1]!.previewId, 'a worker may still be at it');
    world.clock.advance(61_000);
    await assert.rejects(take(), { code: 'internal' });
    assert.notEqual(asked[0]!.previewId, asked[2]!.previewId, 'nobody is at the first any more');
    assert.equal(readdirSync(folder).length, 2);
    world.clock.advance(asked[2]!.lifeMs! + 1);
    await dropPreviews(world.workflow, place, folder);
    assert.deepEqual(readdirSync(folder), []);

    // Its row goes while the worker is at it.
    world.jobs.on('startReadItem', (input: ReadItemInput) =>
      renderPreview(
        world.workflow,
        input,
        async ({ previewId }) => {
          world.clock.advance(input.lifeMs! + 1);
          await dropPreviews(world.workflow, place, folder);
          writeFileSync(join(folder, `preview-${previewId}`), 'x');
          return { file: `preview-${previewId}`, fileName: 'x.eml', bytes: 1 };
        },
        folder,
      ).then(() => {
        throw new AppError('internal', 'nobody waits for it', { retryable: true });
      }),
    );
    await assert.rejects(take(), { code: 'internal' });
    assert.deepEqual(readdirSync(folder), []);
  });

  it('a file that is removed while it is downloaded arrives whole', async () => {
    const { itemIds } = await fill(1, [{ key: 'k', fromSeq: 1 }]);
    fileWorker();
    const itemId = itemIds.get('k@1')!;
    const file = await downloadItem(world.as('owner'), { ...place, itemId }, folder);
    world.clock.advance(3 * 60_000);
    await dropPreviews(world.workflow, place, folder);
    assert.deepEqual(readdirSync(folder), []);
    assert.equal(await text(file.body), 'x');
  });

  /** A worker that leaves an empty file for whatever is asked for; tells how often it was asked. */
  function fileWorker() {
    const rendered: string[] = [];
    world.jobs.on('startReadItem', (input: ReadItemInput) =>
      renderPreview(
        world.workflow,
        input,
        async ({ previewId }) => {
          rendered.push(previewId);
          writeFileSync(join(folder, `preview-${previewId}`), 'x');
          return { file: `preview-${previewId}`, fileName: 'x.eml', bytes: 1 };
        },
        folder,
      ),
    );
    return rendered;
  }

  it('a file that was made a moment ago is handed out again, to each who may have it', async () => {
    const { itemIds } = await fill(1, [{ key: 'k', fromSeq: 1 }]);
    const itemId = itemIds.get('k@1')!;
    const rendered = fileWorker();
    const take = async (part?: number) => {
      const file = await downloadItem(world.as('owner'), { ...place, itemId, part }, folder);
      file.body.destroy();
    };
    for (let round = 0; round < 5; round++) await take();
    assert.equal(rendered.length, 1);
    await take(0);
    assert.equal(rendered.length, 2, 'another part is another file');
    const begun = world.jobs.asked.filter(({ name }) => name === 'startReadItem');
    assert.equal(begun.length, 2, 'and what is there needs no story');
    const events = await db.owner`select 1 from audit_events
      where tenant_id = ${place.tenantId} and action = 'item.download'`;
    assert.equal(events.length, 6, 'each is in the log');
    world.clock.advance(110_000);
    await take();
    assert.equal(rendered.length, 3, 'what is about to be removed is made anew');
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    await assert.rejects(take(), { code: 'expired' });
    await take();
    assert.equal(rendered.length, 4, 'and what is not there any more');
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
  });

  it('nobody has more files made at once, or kept, than a person needs', async () => {
    const { itemIds } = await fill(
      1,
      Array.from({ length: 9 }, (_, index) => ({ key: `k${index}`, fromSeq: 1 })),
    );
    const owner = world.as('owner');
    const ask = (key: string, ctx = owner) =>
      downloadItem(ctx, { ...place, itemId: itemIds.get(`${key}@1`)! }, folder);
    // A worker that has died: what was asked for waits.
    world.jobs.on('startReadItem', async () => {
      throw new AppError('internal', 'nobody is there', { retryable: true });
    });
    const tried = await Promise.allSettled(
      Array.from({ length: 9 }, (_, index) => ask(`k${index}`)),
    );
    const codes = tried.map((one) => (one as PromiseRejectedResult).reason.code);
    // They came at once: whichever was last.
    const last = `k${codes.indexOf('too-many')}`;
    assert.deepEqual(codes.toSorted(), [...Array(8).fill('internal'), 'too-many']);
    await assert.rejects(ask(last), (err: AppError) => {
      assert.match(err.message, /on their way/);
      assert.ok(err.retryAfterMs! > 0);
      return isAppError(err, 'too-many') || assert.fail(String(err));
    });
    // Somebody else has files of their own, and what waits already is waited for.
    const colleague: ServiceContext = {
      ...owner,
      actor: {
        kind: 'key',
        keyId: newId(),
        scopes: ['content.read', 'exports.run'],
        reach: wholeReach,
      },
    };
    await assert.rejects(ask(last, colleague), { code: 'internal' });
    const waiting = await db.owner`select 1 from previews where tenant_id = ${place.tenantId}`;
    assert.equal(waiting.length, 9);

    world.clock.advance(121_000);
    const outside = drizzle(db.owner, { casing: 'snake_case' });
    const kept = (bytes: number) => ({
      ...place,
      mspId: world.mspId,
      id: newId(),
      itemId: newId(),
      state: 'ready' as const,
      form: 'mime' as const,
      bytes,
      requestedBy: actorName(owner.actor),
      createdAt: world.clock.now(),
      expiresAt: addMs(world.clock.now(), 120_000),
    });
    await outside.insert(previews).values(kept(3 * 2 ** 30));
    await assert.rejects(ask(last), { code: 'too-many', message: /GB/ });
    await outside.delete(previews);
    await outside.insert(previews).values(Array.from({ length: 200 }, () => kept(1)));
    await assert.rejects(ask(last), { code: 'too-many', message: /200 files/ });
    world.clock.advance(121_000);
    await assert.rejects(ask(last), { code: 'internal' });
  });

  it('one who waits is told at once, and asks again by itself where nobody tells', async () => {
    const { itemIds } = await fill(1, [
      { key: 'k', fromSeq: 1 },
      { key: 'l', fromSeq: 1 },
    ]);
    let asked = 0;
    const counting = (pool: Database): Database => ({
      ...pool,
      transaction: (act) => {
        asked++;
        return pool.transaction(act);
      },
    });
    const board = new ChangeBoard((ears) => listenForChanges(db.url.app_user, ears));
    const owner = { ...world.as('owner'), db: counting(db.user) };
    const told = { ...owner, deps: { ...owner.deps, changes: board } };
    // The listener hears before anything is asked for.
    const ready = board.watch('preview', newId());
    await ready.next(10_000);
    ready.end();
    let release = () => {};
    world.jobs.on('startReadItem', async (input: ReadItemInput) => {
      // Not awaited: the portal only starts the story.
      new Promise<void>((resolve) => {
        release = resolve;
      }).then(() => renderPreview(world.workflow, input, async () => rendered, folder));
      setImmediate(() => setImmediate(() => release()));
    });
    try {
      const start = performance.now();
      await readItem(told, { ...place, itemId: itemIds.get('k@1')! });
      // It looks for itself every two seconds, should word be late.
      const late = Math.floor((performance.now() - start) / 2_000);
      assert.ok(asked <= 4 + late, `${asked} transactions for one item`);
      await readItem(owner, { ...place, itemId: itemIds.get('l@1')! });
    } finally {
      await board.close();
    }
  });

  it('a failure in the vault reaches the reader as a sentence, a defect as none of ours', async () => {
    const { itemIds } = await fill(1, [
      { key: 'a', fromSeq: 1 },
      { key: 'b', fromSeq: 1 },
    ]);
    const failures: Record<string, unknown> = {
      a: new AppError('vault.damaged', 'A pack of this vault is damaged.'),
      b: new Error('select * from secrets'),
    };
    for (const [key, failure] of Object.entries(failures)) {
      world.jobs.on('startReadItem', (input: ReadItemInput) =>
        renderPreview(
          world.workflow,
          input,
          async () => {
            throw failure;
          },
          folder,
        ),
      );
      await assert.rejects(
        readItem(world.as('owner'), { ...place, itemId: itemIds.get(`${key}@1`)! }),
        {
          code: 'vault.unavailable',
          message:
            key === 'a' ? 'A pack of this vault is damaged.' : 'This item could not be opened.',
        },
      );
    }
  });

  it('an item that no snapshot has made visible cannot be read', async () => {
    const { itemIds } = await fill(1, [{ key: 'k', fromSeq: 2 }]);
    await assert.rejects(readItem(world.as('owner'), { ...place, itemId: itemIds.get('k@2')! }), {
      code: 'not-found',
    });
  });

  it('a preview of another tenant is not rendered', async () => {
    await assert.rejects(
      renderPreview(
        world.workflow,
        { tenantId: place.tenantId, previewId: newId() },
        async () => rendered,
        folder,
      ),
      { code: 'not-found' },
    );
  });
});
