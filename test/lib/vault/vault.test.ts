import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '#lib/core/clock.ts';
import { keyFromBytes } from '#lib/vault/keys.ts';
import { memoryTarget } from '#lib/vault/targets/memory.ts';
import { type ItemRow, Vault, type WriterLease } from '#lib/vault/vault.ts';

const lease: WriterLease = { sessionId: 's1', epoch: 1, assertHeld: async () => {} };
const key = keyFromBytes(new Uint8Array(32).fill(7));

async function collect(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}

describe('a vault', () => {
  it('gives back what was put, after it was reopened with target and key alone', async () => {
    const target = memoryTarget();
    const options = { target, keys: key, tenantId: 't1', clock: systemClock, workers: 1 };
    const mail = Buffer.from(`From: a@b\r\nSubject: x\r\n\r\n${'Hello there. '.repeat(100)}`);
    const stream = Buffer.concat([Buffer.from('PROPS'), mail, Buffer.from('END')]);
    let ref: string;
    {
      await using vault = await Vault.create(options);
      const writer = await vault.writer(lease);
      const stored = await writer.putItem({
        readable: { format: 'mime', body: mail },
        stream: { body: stream },
      });
      ref = stored.ref;
      assert.equal(stored.status, 'stored');
      assert.equal(
        (
          await writer.putItem({
            readable: { format: 'mime', body: mail },
            stream: { body: stream },
          })
        ).status,
        'reused',
      );
      const row: ItemRow = {
        key: 'k1',
        folderId: 'f',
        kind: 'message',
        itemClass: 'IPM.Note',
        ref,
        contentId: 'c',
        changeKey: 'x',
        subject: 's',
        sender: 'a',
        at: null,
        bytes: 3,
        categories: ['red'],
      };
      const info = await writer.commitSnapshot({
        mailboxId: 'm1',
        base: null,
        takenAt: new Date(5),
        note: { a: 'b' },
        folders: [],
        put: [row],
        remove: [],
      });
      assert.equal(info.items, 1);
      assert.equal(info.sequence, 1);
    }
    await using vault = await Vault.open(options);
    const reader = vault.reader();
    assert.deepEqual(await collect((await reader.openReadable(ref))!.body), mail);
    assert.deepEqual(await collect((await reader.openStream(ref))!.body), stream);
    const [info] = await reader.snapshots('m1');
    const snapshot = await reader.snapshot(info!.id);
    assert.equal((await snapshot.item('k1'))?.ref, ref);
    const report = await vault.verify({ deep: true });
    assert.deepEqual(report.problems, []);
    assert.equal(report.items, 1);
  });
});
