import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import tls from 'node:tls';
import { systemClock } from '#lib/core/clock.ts';
import { isAppError } from '#lib/core/errors.ts';
import { silentLog } from '#lib/core/log.ts';
import { captureMailbox } from '#lib/exchange/capture.ts';
import { readFolderTree } from '#lib/exchange/folder-tree.ts';
import { inspectTarget } from '#lib/exchange/inspect.ts';
import { kindOfClass } from '#lib/exchange/item.ts';
import type { CapturedItem, SourceFolder } from '#lib/exchange/journal.ts';
import { planReplay, type ReplayDestination } from '#lib/exchange/plan.ts';
import { ensureFolders, replayItem, verifyItem } from '#lib/exchange/replay.ts';
import { GraphClient } from '#lib/graph/client.ts';
import { exchangeSettings, listUsers, mailboxPurpose } from '#lib/graph/directory.ts';
import { ImportSession } from '#lib/graph/import-session.ts';
import { createTokenSource, type TokenSource } from '#lib/graph/token.ts';
import { MemoryCaptureJournal, MemoryReplayJournal } from '#test/kit/memory-journals.ts';
import { MemoryVault } from '#test/kit/memory-vault.ts';
import { contoso, fabrikam } from '#test/m365/entra/organisations.ts';
import { type StandIn, startStandIn } from '#test/m365/server.ts';
import type { Mailbox } from '#test/m365/store/mailbox.ts';

const signal = new AbortController().signal;

let folder: string;
let m365: StandIn;
let tokens: { backup: TokenSource; restore: TokenSource };
const clients: GraphClient[] = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-m365-'));
  m365 = await startStandIn({ data: folder, mailboxes: 5, messages: 260 });
  tls.setDefaultCACertificates([
    ...tls.getCACertificates('default'),
    await readFile(m365.facts.caFile, 'utf8'),
  ]);
  const source = (app: 'backup' | 'restore') =>
    createTokenSource({
      cloud: m365.facts,
      credential: {
        clientId: m365.facts.apps[app].clientId,
        certificateFile: m365.facts.apps[app].certificateFile,
        clientSecret: undefined,
      },
      clock: systemClock,
    });
  tokens = { backup: source('backup'), restore: source('restore') };
});

after(async () => {
  await m365.stop();
  await rm(folder, { recursive: true, force: true });
});

function client(app: 'backup' | 'restore'): GraphClient {
  const made = new GraphClient({
    cloud: m365.facts,
    entraTid: contoso.tid,
    tokens: tokens[app],
    clock: systemClock,
    log: silentLog,
  });
  clients.push(made);
  return made;
}

function consent(app: 'backup' | 'restore'): void {
  m365.directory.consent(m365.directory.apps.find(({ key }) => key === app)!, contoso.tid);
}

interface Protected {
  place: { userId: string; exchangeId: string };
  mailbox: Mailbox;
  vault: MemoryVault;
  journal: MemoryCaptureJournal;
  requests: number;
}

async function protect(userId: string): Promise<Protected> {
  const user = m365.store.users.get(userId)!;
  const vault = new MemoryVault();
  return {
    place: { userId, exchangeId: user.mailbox!.exchangeId },
    mailbox: m365.store.mailboxOf(user)!,
    vault,
    journal: new MemoryCaptureJournal(vault),
    requests: 0,
  };
}

async function capture(target: Protected): Promise<void> {
  const graph = client('backup');
  target.journal.startRun();
  const result = await captureMailbox({
    graph,
    mailbox: target.place,
    writer: target.vault,
    journal: target.journal,
    mode: 'dual',
    budgetMs: 120_000,
    signal,
    onProgress: () => {},
    clock: systemClock,
  });
  assert.equal(result.state, 'done');
  target.requests = graph.requests;
}

/** The catalogue names exactly the items that the mailbox has, in the folders where they are. */
function assertSame({ mailbox, journal }: Protected): void {
  const there = [...mailbox.items.values()]
    .filter((item) => mailbox.inUserTree(mailbox.folders.get(item.folder)!))
    .map((item) => [
      mailbox.itemId(item, true),
      mailbox.folderId(item.folder),
      mailbox.changeKey(item),
    ])
    .sort();
  const known = [...journal.items.values()]
    .map(({ id, folderId, changeKey }) => [id, folderId, changeKey])
    .sort();
  assert.deepEqual(known, there);
}

/** Every message of the mailbox, byte for byte. */
async function mailIn(mailbox: Mailbox): Promise<string[]> {
  const refs = [...mailbox.items.values()].flatMap(({ mail }) => mail?.content ?? []);
  const bytes = await Promise.all(refs.map((ref) => m365.store.content.read(ref)));
  return bytes.map((message) => message.toString('latin1')).sort();
}

async function restore(
  target: Protected,
  items: CapturedItem[],
  snapshotFolders: SourceFolder[],
  options: { destination?: ReplayDestination; streams?: boolean } = {},
) {
  const read = client('backup');
  const write = client('restore');
  const targetFolders = await readFolderTree(read, target.place.exchangeId, [], signal);
  const candidates = items.map((item) => ({ ...item, itemId: item.id, key: item.id }));
  const base = {
    candidates,
    snapshotFolders,
    targetFolders,
    sameMailbox: true,
    destination: options.destination ?? ({ kind: 'original' } as const),
    collisions: 'skip' as const,
    streamsAllowed: options.streams ?? true,
    presence: { byContent: new Map(), byKey: new Map() },
  };
  const presence = await inspectTarget({
    graph: read,
    mailbox: target.place,
    folderIds: planReplay(base).folders.flatMap(({ existingId }) => existingId ?? []),
    candidates,
    known: async (ids) =>
      new Map(
        ids.flatMap((id) => {
          const row = target.journal.items.get(id);
          return row ? [[id, row] as const] : [];
        }),
      ),
    signal,
  });
  const plan = planReplay({ ...base, presence });
  const journal = new MemoryReplayJournal();
  const replay = {
    restoreId: 'restore',
    read,
    write,
    mailbox: target.place,
    session: new ImportSession(write, target.place.exchangeId, systemClock),
    source: target.vault,
    journal,
    clock: systemClock,
    signal,
  };
  const folderIds = await ensureFolders(write, target.place.exchangeId, plan.folders, signal);
  for (const item of plan.items) {
    const entry = await replayItem(replay, item, folderIds.get(item.folderKey)!);
    if (entry.state === 'written') await verifyItem(replay, item, entry);
  }
  return { plan, journal };
}

describe('against the stand-in for Microsoft 365', () => {
  it('without consent there is no token, and an unknown organisation is said as such', async () => {
    await assert.rejects(tokens.backup.token(contoso.tid), (err) =>
      isAppError(err, 'consent.missing'),
    );
    await assert.rejects(tokens.backup.token('00000000-0000-4000-8000-000000000000'), (err) =>
      isAppError(err, 'source.gone'),
    );
    consent('backup');
    consent('restore');
    const token = await tokens.backup.token(contoso.tid, { fresh: true });
    assert.equal(token.tid, contoso.tid);
    assert.ok(token.roles.includes('MailboxItem.Export.All'));
    assert.ok(token.roles.every((role) => !role.includes('Write')));
    await assert.rejects(tokens.backup.token(fabrikam.tid), (err) =>
      isAppError(err, 'consent.missing'),
    );
  });

  it('finds the mailboxes and their kinds', async () => {
    const graph = client('backup');
    const kinds = new Map<string, number>();
    for await (const user of listUsers(graph)) {
      const settings = await exchangeSettings(graph, user.id);
      if (!settings) continue;
      const kind = (await mailboxPurpose(graph, user.id)) ?? 'none';
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    assert.equal(
      [...kinds.values()].reduce((sum, count) => sum + count, 0),
      5,
    );
  });

  it('captures every mailbox; an unchanged run asks once for each folder', async () => {
    for (const user of m365.store.users.values()) {
      if (!user.mailbox || user.tid !== contoso.tid) continue;
      const target = await protect(user.id);
      await capture(target);
      assertSame(target);
      const tally = target.journal.tally();
      assert.equal(tally.failed + tally.skipped, 0, user.displayName);
      for (const item of target.journal.items.values())
        assert.equal(item.note, null, item.itemClass);
      const mails = [...target.journal.items.values()].filter(({ kind }) => kind === 'message');
      const folders = target.journal.folderRows.size;
      const others = target.journal.items.size - mails.length;
      assert.ok(
        target.requests <= mails.length * 1.2 + others * 2 + folders * 2 + 5,
        `${target.requests} requests for ${mails.length} + ${others} items in ${folders} folders`,
      );
      await capture(target);
      assertSame(target);
      assert.equal(target.requests, folders + 1);
      assert.equal(target.journal.tally().stored, 0);
    }
    assert.equal(m365.stats.throttled.concurrency, 0);
    assert.ok(m365.stats.concurrentMax <= 4);
  });

  it('restores deleted mail and a deleted folder: same content, same bytes, same folders', async () => {
    const [user] = [...m365.store.users.values()].filter((it) => it.mailbox);
    const target = await protect(user!.id);
    await capture(target);
    const { mailbox } = target;
    const snapshot = [...target.journal.items.values()];
    const folders = [...target.journal.folderRows.values()];
    const inbox = mailbox.wellKnown('inbox')!.folder;
    const projects = [...mailbox.folders.values()].find(({ name }) => name === 'Projects')!;
    const harbour = [...mailbox.folders.values()].find(({ name }) => name === 'Harbour')!;
    const before = await mailIn(mailbox);

    for (const item of mailbox.itemsIn(inbox).slice(0, 8))
      m365.store.removeItem(mailbox, item.item);
    for (const item of mailbox.itemsIn(harbour.folder)) m365.store.removeItem(mailbox, item.item);
    m365.store.removeFolder(mailbox, harbour.folder);
    await capture(target);
    assertSame(target);
    assert.equal(target.journal.folderRows.has(mailbox.folderId(harbour.folder)), false);

    // Replies get lost on the way, too.
    const { decide } = m365.faults;
    m365.faults.decide = ({ kind, earlier }) =>
      kind === 'importItem' && earlier % 3 === 0 ? { kind: 'lose-answer' } : null;
    const { plan, journal } = await restore(target, snapshot, folders);
    m365.faults.decide = decide;

    assert.equal(plan.totals.cannot, 0);
    assert.equal(plan.totals.changed, 0);
    assert.ok(plan.totals.write >= 36);
    assert.deepEqual(await mailIn(mailbox), before);
    for (const [itemId, check] of journal.checks) {
      assert.deepEqual(check, { ok: true, cause: null, sameBytes: true }, itemId);
    }
    assert.ok([...journal.writtenItems.values()].some(({ adopted }) => adopted));
    const again = [...mailbox.folders.values()].filter(({ name }) => name === 'Harbour');
    assert.deepEqual(
      again.map(({ parent }) => parent),
      [projects.folder],
    );
    await capture(target);
    assertSame(target);
    // Nothing is new to the vault: what came back is what was there.
    assert.equal(target.journal.tally().stored, 0);
  });

  it('restores events, contacts and tasks, and mail without streams', async () => {
    const users = [...m365.store.users.values()].filter((it) => it.mailbox);
    const target = await protect(users[1]!.id);
    await capture(target);
    const { mailbox } = target;
    const snapshot = [...target.journal.items.values()];
    const folders = [...target.journal.folderRows.values()];
    const others = snapshot.filter(({ kind }) => kind !== 'message');
    assert.ok(new Set(others.map(({ kind }) => kind)).size >= 3, 'too few kinds are seeded');
    for (const item of [...mailbox.items.values()]) {
      if (kindOfClass(item.itemClass) !== 'message') m365.store.removeItem(mailbox, item.item);
    }
    const streamed = await restore(target, others, folders);
    assert.equal(streamed.plan.totals.write, others.length);
    for (const check of streamed.journal.checks.values()) assert.equal(check.ok, true);

    const plain = others.filter(({ kind }) => ['event', 'contact', 'task'].includes(kind));
    const asJson = await restore(target, plain, folders, {
      destination: { kind: 'folder', name: 'As JSON' },
      streams: false,
    });
    assert.equal(asJson.journal.checks.size, plain.length);
    for (const [id, check] of asJson.journal.checks) assert.equal(check.ok, true, id);
    assert.equal(m365.stats.invitationsSent, 0);

    const mails = snapshot.filter(
      ({ itemClass, readableBytes }) => itemClass === 'IPM.Note' && readableBytes! < 200_000,
    );
    const rewritten = await restore(target, mails.slice(0, 20), folders, {
      destination: { kind: 'folder', name: 'Restored 2026-11-25 10:04' },
      streams: false,
    });
    assert.equal(rewritten.journal.checks.size, 20);
    for (const [id, check] of rewritten.journal.checks) assert.equal(check.ok, true, id);
    const top = [...mailbox.folders.values()].find(({ name }) => name.startsWith('Restored 2026'))!;
    const written = mailbox
      .childrenOf(top.folder)
      .flatMap(({ folder: child }) => mailbox.itemsIn(child));
    assert.equal(written.length, 20);
    // None is a draft.
    for (const { flags } of written) assert.equal(flags & 0x8, 0);
  });

  it('items that Exchange cannot export or leaves out cost nothing of the rest', async () => {
    const users = [...m365.store.users.values()].filter((it) => it.mailbox);
    const target = await protect(users[2]!.id);
    const ids = [...target.mailbox.items.values()].map((item) => target.mailbox.itemId(item, true));
    const [corrupt, omitted] = ids;
    let omissions = 1;
    const { decideExport } = m365.faults;
    m365.faults.decideExport = ({ itemId }) => {
      if (itemId === corrupt) return { code: 'ErrorCorruptData' };
      if (itemId === omitted && omissions-- > 0) return 'omit';
      return null;
    };
    await capture(target);
    m365.faults.decideExport = decideExport;
    assertSame(target);
    assert.equal(target.journal.items.get(corrupt!)?.note, 'readable-only');
    assert.equal(target.journal.items.get(omitted!)?.note, null);
  });

  it('waits when Exchange says so, and reads on after a forgotten cursor', async () => {
    const users = [...m365.store.users.values()].filter((it) => it.mailbox);
    const target = await protect(users[3]!.id);
    const { decide } = m365.faults;
    m365.faults.decide = ({ earlier, kind }) => {
      if (kind === 'messages.value' || kind.includes('mime')) {
        if (earlier % 25 === 24)
          return {
            kind: 'answer',
            status: 429,
            code: 'ApplicationThrottled',
            headers: { 'Retry-After': '0.05' },
          };
        if (earlier % 25 === 12) return { kind: 'cut', afterBytes: 100 };
      }
      return kind === 'exportItems' && earlier % 4 === 3 ? { kind: 'reset' } : null;
    };
    await capture(target);
    m365.faults.decide = decide;
    assertSame(target);
    for (const item of target.journal.items.values()) assert.equal(item.note, null);
    m365.store.forgetCursors(target.mailbox);
    const inbox = target.mailbox.wellKnown('inbox')!.folder;
    const [lost] = target.mailbox.itemsIn(inbox);
    if (lost) m365.store.removeItem(target.mailbox, lost.item);
    await capture(target);
    assertSame(target);
    assert.equal(target.journal.tally().stored, 0);
  });

  it('a mailbox whose user is gone is said as such', async () => {
    const users = [...m365.store.users.values()].filter((it) => it.mailbox);
    const target = await protect(users[4]!.id);
    await capture(target);
    m365.store.removeUser(users[4]!.id);
    await assert.rejects(capture(target), (err) => isAppError(err, 'source.gone'));
  });

  it('never had more than four calls on a mailbox in work', () => {
    assert.equal(m365.stats.throttled.concurrency, 0);
    assert.ok(clients.every(({ inFlightPeak }) => inFlightPeak <= 4));
  });
});
