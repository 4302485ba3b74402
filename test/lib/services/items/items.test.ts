import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { AppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import type { ReadItemInput } from '#lib/jobs/contract.ts';
import { listFolders } from '#lib/services/folders/list.ts';
import { dropPreviews } from '#lib/services/items/drop-previews.ts';
import { listItems } from '#lib/services/items/list.ts';
import { readItem } from '#lib/services/items/read.ts';
import { renderPreview } from '#lib/services/items/render-preview.ts';
import { getMailbox } from '#lib/services/mailboxes/get.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
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
      return Object.fromEntries(page.items.map((item) => [item.subject, item.goneSince]));
    };
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

    const folders = await listFolders(world.as('owner'), { ...place, sequence: 1 });
    assert.deepEqual(
      folders.map((folder) => [folder.name, folder.wellKnown, folder.itemCount]),
      [['Posteingang', 'inbox', 5]],
    );
    const mailbox = await getMailbox(world.as('owner'), place);
    assert.deepEqual(
      mailbox.snapshots.map((snapshot) => snapshot.sequence),
      [3, 2, 1],
    );
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
    attachments: [{ name: 'contract.pdf', bytes: 10, type: 'application/pdf' }],
    truncated: false,
  };

  it('reading one asks the worker, is in the audit log before, and leaves no text behind for long', async () => {
    const { itemIds } = await fill(1, [{ key: 'k', fromSeq: 1 }]);
    const itemId = itemIds.get('k@1')!;
    const refs: string[] = [];
    world.jobs.on('startReadItem', async (input: ReadItemInput) => {
      const [event] = await db.owner`select actor, entity_id from audit_events
        where tenant_id = ${place.tenantId} and action = 'item.read'`;
      assert.equal(event?.entity_id, itemId);
      await renderPreview(world.workflow, input, async (ref) => {
        refs.push(ref);
        return rendered;
      });
    });
    assert.deepEqual(await readItem(world.as('technician'), { ...place, itemId }), rendered);
    // Read again at once, it is shown again; the vault is not asked, the log is written.
    assert.deepEqual(await readItem(world.as('technician'), { ...place, itemId }), rendered);
    assert.deepEqual(refs, ['a'.repeat(64)]);
    const events = await db.owner`select 1 from audit_events
      where tenant_id = ${place.tenantId} and action = 'item.read'`;
    assert.equal(events.length, 2);

    world.clock.advance(11 * 60_000);
    await readItem(world.as('technician'), { ...place, itemId });
    const left = await db.owner`select id from previews where tenant_id = ${place.tenantId}`;
    assert.equal(left.length, 1);

    const count = async () =>
      (await db.owner`select 1 from previews where tenant_id = ${place.tenantId}`).length;
    await dropPreviews(world.workflow, place);
    assert.equal(await count(), 1, 'it is still being read');
    world.clock.advance(11 * 60_000);
    await dropPreviews(world.workflow, place);
    assert.equal(await count(), 0);
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
        renderPreview(world.workflow, input, async () => {
          throw failure;
        }),
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
      ),
      { code: 'not-found' },
    );
  });
});
