import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { describe, it } from 'node:test';
import { type MemoryTarget, memoryTarget } from '#lib/vault/targets/memory.ts';
import { Vault, type VaultWriter } from '#lib/vault/vault.ts';
import { lease, options, readable } from './fixture.ts';

/** Reproducible bytes that do not compress, faster than the fixture's. */
function noise(seed: number, length: number): Buffer {
  const nonce = Buffer.alloc(16);
  nonce.writeUInt32LE(seed);
  return createCipheriv('aes-128-ctr', Buffer.alloc(16), nonce).update(Buffer.alloc(length));
}

/**
 * Fills a pack fast (attachment), has a long record (header) and a text that lies in a block which
 * is far from full when the pack is: so the record reaches the target before the text.
 */
function leaning(number: number): Buffer {
  const file = noise(number, 300_000)
    .toString('base64')
    .replace(/.{76}(?=.)/g, '$&\r\n');
  return Buffer.from(
    `X-Long: ${noise(1e6 + number, 10_000).toString('hex')}\r\n` +
      'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' +
      `--b\r\nContent-Type: text/plain\r\n\r\n${`text ${number} `.repeat(100)}\r\n` +
      `--b\r\nContent-Transfer-Encoding: base64\r\n\r\n${file}\r\n--b--\r\n`,
  );
}

const count = 112;

async function putAll(writer: VaultWriter, from: number) {
  const stored = [];
  for (let number = from; number < from + count; number++)
    stored.push(await writer.putItem({ readable: { format: 'mime', body: leaning(number) } }));
  return stored;
}

const packs = (target: MemoryTarget) =>
  [...target.objects.keys()].filter((name) => name.startsWith('packs/'));

/** The next session on what a killed process left: everything it puts must come back. */
async function goesOn(objects: Map<string, Buffer>, from: number): Promise<void> {
  const target = memoryTarget(objects);
  await using vault = await Vault.open(options(target));
  assert.deepEqual(
    (await vault.verify({ deep: true })).problems,
    [],
    'nothing promised is missing',
  );
  const writer = await vault.writer(lease());
  const stored = await putAll(writer, from);
  await writer.flush();
  await using later = await Vault.open(options(memoryTarget(new Map(target.objects))));
  for (const [number, { ref }] of stored.entries())
    assert.ok((await readable(later.reader(), ref)).equals(leaning(from + number)));
  assert.deepEqual((await later.verify({ deep: true })).problems, []);
}

describe('a pack on the target whose items name parts that are not there', () => {
  it('counts for its whole items only, after its process died', async () => {
    const target = memoryTarget();
    const vault = await Vault.create(options(target));
    await putAll(await vault.writer(lease()), 0);
    assert.equal(packs(target).length, 1, 'one pack was full');
    const left = new Map(target.objects);
    await vault[Symbol.asyncDispose]();
    await goesOn(left, 0);
  });

  it('does not count for another process that goes on beside its own', async () => {
    const target = memoryTarget();
    await using one = await Vault.create(options(target));
    await using two = await Vault.open(options(target));
    await putAll(await one.writer(lease()), 0);
    const writer = await two.writer(lease());
    const [stored] = await putAll(writer, 0);
    await writer.flush();
    await using alone = await Vault.open(options(memoryTarget(new Map(target.objects))));
    assert.ok((await readable(alone.reader(), stored!.ref)).equals(leaning(0)));
    assert.deepEqual((await one.verify({ deep: true })).problems, [], 'while its writer goes on');
  });

  it('is in no segment before the parts are there', async () => {
    const target = memoryTarget();
    const vault = await Vault.create(options(target));
    const writer = await vault.writer(lease());
    const other = await vault.writer(lease());
    await writer.putItem({ readable: { format: 'mime', body: Buffer.from('first') } });
    // The flush's own pack arrives after a pack that another writer fills meanwhile.
    let flushing = () => {};
    const held = new Promise<void>((resolve) => {
      flushing = resolve;
    });
    let number = 0;
    target.faults.before = (operation, name) => {
      if (operation === 'put' && name.startsWith('packs/') && number++ === 0) return held;
    };
    target.faults.after = () => {
      setImmediate(flushing);
    };
    const flushed = writer.flush();
    await putAll(other, 500);
    await flushed;
    const left = new Map(target.objects);
    assert.equal(packs(target).length, 2);
    await vault[Symbol.asyncDispose]();
    await goesOn(left, 500);
  });

  it('counts as soon as the parts are there, for whoever looked too early and for whoever comes', async () => {
    const target = memoryTarget();
    const one = await Vault.create(options(target));
    const writer = await one.writer(lease());
    const stored = await putAll(writer, 0);
    await using two = await Vault.open(options(target));
    const reader = two.reader();
    const { ref } = stored[0]!;
    assert.equal(await reader.has(ref), false);
    // A segment of another process must not speak for a pack of which it knows a part only.
    const beside = await two.writer(lease());
    await beside.putItem({ readable: { format: 'mime', body: Buffer.from('beside') } });
    await beside.flush();
    // The parts arrive, and their process dies before it writes a segment.
    target.faults.before = (operation, name) => {
      if (operation === 'put' && name.startsWith('index/')) throw new Error('dies');
    };
    await assert.rejects(writer.flush());
    target.faults = {};
    assert.ok((await readable(reader, ref)).equals(leaning(0)));
    await using three = await Vault.open(options(target));
    assert.ok((await readable(three.reader(), ref)).equals(leaning(0)));
    await one[Symbol.asyncDispose]();
  });
});
