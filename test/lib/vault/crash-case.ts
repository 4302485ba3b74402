import assert from 'node:assert/strict';
import { systemClock } from '#lib/core/clock.ts';
import { isAppError } from '#lib/core/errors.ts';
import type { KeyWrapper } from '#lib/vault/keys.ts';
import type { ItemRow } from '#lib/vault/rows.ts';
import type { Target } from '#lib/vault/targets/target.ts';
import { Vault } from '#lib/vault/vault.ts';
import { base64Lines, noise } from './mime/mime-case.ts';

export const rounds = 2;

/** What the victim was told before it died. */
export interface Acknowledged {
  items: Array<{ name: string; ref: string }>;
  snapshots: Array<{ id: string; items: number }>;
  /** It was not killed at all. */
  done: boolean;
}

/** The same small mail for victim and judge: text, an attachment, one that both rounds share. */
export function crashItems(round: number): Array<{ name: string; body: Buffer }> {
  return [0, 1, 2].map((number) => ({
    name: `${round}-${number}`,
    body: Buffer.from(
      [
        `Subject: ${round}-${number}`,
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        'Content-Type: text/plain',
        '',
        `Text ${round} ${number}. `.repeat(60),
        '--b',
        'Content-Type: application/octet-stream',
        'Content-Transfer-Encoding: base64',
        '',
        base64Lines(noise(3000, number === 0 ? 1 : round * 10 + number)),
        '--b--',
        '',
      ].join('\r\n'),
    ),
  }));
}

export function crashRow(name: string, ref: string, bytes: number): ItemRow {
  return {
    key: name,
    folderId: 'f',
    kind: 'message',
    itemClass: 'IPM.Note',
    ref,
    contentId: name,
    changeKey: '1',
    subject: name,
    sender: 'a@example.test',
    at: null,
    bytes,
    categories: [],
  };
}

/** Reads the victim's lines; a torn last one counts as not said. */
export function readAcknowledged(output: string): Acknowledged {
  const said: Acknowledged = { items: [], snapshots: [], done: false };
  for (const line of output.split('\n').slice(0, -1)) {
    const message = JSON.parse(line);
    if (message.flushed) said.items.push(...message.flushed);
    if (message.committed) said.snapshots.push({ id: message.committed, items: message.items });
    if (message.done) said.done = true;
  }
  return said;
}

/**
 * Judges what a death left behind: the vault opens, every byte of it verifies, everything that was
 * acknowledged reads back, and writing goes on.
 */
export async function judge(
  target: Target,
  keys: KeyWrapper,
  said: Acknowledged,
  where: string,
): Promise<void> {
  const options = { target, keys, tenantId: 'crash', clock: systemClock, workers: 1 };
  const bodies = new Map(
    Array.from({ length: rounds }, (_, round) => crashItems(round))
      .flat()
      .map(({ name, body }) => [name, body]),
  );
  const before = await Vault.open(options).catch((err) => {
    if (isAppError(err, 'not-found') && said.items.length === 0) return null;
    throw err;
  });
  if (before) {
    await using vault = before;
    const report = await vault.verify({ deep: true });
    assert.deepEqual(report.problems, [], `${where}: the vault does not verify`);
    const reader = vault.reader();
    for (const { name, ref } of said.items) {
      const stored = await reader.openReadable(ref);
      assert.ok(stored, `${where}: ${name} was acknowledged and is gone`);
      const pieces: Uint8Array[] = [];
      for await (const piece of stored.body) pieces.push(piece);
      assert.ok(
        Buffer.concat(pieces).equals(bodies.get(name)!),
        `${where}: ${name} reads back differently`,
      );
    }
    const listed = new Map((await reader.snapshots('crash')).map((info) => [info.id, info]));
    for (const { id, items } of said.snapshots) {
      assert.equal(listed.get(id)?.items, items, `${where}: snapshot ${id} is not what it was`);
      const names: string[] = [];
      for await (const row of (await reader.snapshot(id)).items()) names.push(row.key);
      assert.equal(names.length, items, `${where}: rows of ${id}`);
    }
  }
  await using vault = await Vault.openOrCreate(options);
  await using writer = await vault.writer({
    sessionId: 'after',
    epoch: 2,
    assertHeld: async () => {},
  });
  const base = (await vault.reader().snapshots('crash')).at(-1) ?? null;
  const body = crashItems(rounds - 1)[0]!.body;
  const stored = await writer.putItem({ readable: { format: 'mime', body } });
  const after = await writer.commitSnapshot({
    mailboxId: 'crash',
    base: base?.id ?? null,
    takenAt: systemClock.now(),
    note: {},
    folders: [],
    put: [crashRow('after', stored.ref, body.length)],
    remove: [],
  });
  assert.equal(after.items, (base?.items ?? 0) + 1, `${where}: writing does not go on`);
}
