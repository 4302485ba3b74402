import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { sealObject } from '#lib/vault/format/sealed.ts';
import { encodeSegment } from '#lib/vault/format/segment.ts';
import { loadKeyring } from '#lib/vault/keyring.ts';
import { ObjectIndex } from '#lib/vault/object-index.ts';
import { memoryTarget } from '#lib/vault/targets/memory.ts';
import { Vault } from '#lib/vault/vault.ts';
import { item, lease, noise, options, readable, testKey } from './fixture.ts';

describe('the index of objects', () => {
  it('tells claimed from placed, and grows without losing anything', () => {
    const index = new ObjectIndex();
    const ids = Array.from({ length: 80_000 }, (_, number) => noise(`id ${number}`, 16));
    for (const [number, id] of ids.entries()) {
      assert.ok(index.claim(id));
      if (number % 1000 === 0) index.grow();
    }
    assert.ok(ids.every((id) => index.has(id) && !index.claim(id) && index.locate(id) === null));
    for (const [number, id] of ids.entries())
      index.place(id, { pack: number, block: 1, offset: 2, length: 3 });
    assert.ok(ids.every((id, number) => index.locate(id)?.pack === number));
    assert.ok(index.share().length > 1);
    assert.equal(index.has(noise('absent', 16)), false);
  });

  it('gives one object to one thread only', async () => {
    const index = new ObjectIndex();
    const source = `
      const { parentPort, workerData } = require('node:worker_threads');
      import(workerData.module).then(({ ObjectIndex }) => {
        const index = new ObjectIndex(workerData.share);
        let won = 0;
        for (let number = 0; number < 20000; number++) {
          const id = Buffer.alloc(16, number & 255);
          id.writeUInt32LE(number, 4);
          if (index.claim(id)) won++;
        }
        parentPort.postMessage(won);
      });`;
    const module = new URL('../../../lib/vault/object-index.ts', import.meta.url).href;
    const won = await Promise.all(
      [1, 2].map(
        () =>
          new Promise<number>((resolve, reject) => {
            const worker = new Worker(source, {
              eval: true,
              workerData: { module, share: index.share() },
            });
            worker.on('message', resolve).on('error', reject);
          }),
      ),
    );
    assert.equal(won[0]! + won[1]!, 20_000);
  });

  it('is rebuilt from footers after the index folder was removed; the next flush writes it again', async () => {
    const target = memoryTarget();
    const told = new Map<string, Buffer>();
    {
      await using vault = await Vault.create(options(target));
      const writer = await vault.writer(lease());
      for (let number = 0; number < 4; number++) {
        const one = item(`n ${number}`, 2000);
        told.set(
          (await writer.putItem({ readable: one.readable, stream: one.stream })).ref,
          one.mail,
        );
        await writer.flush();
      }
    }
    for (const name of [...target.objects.keys()])
      if (name.startsWith('index/')) target.objects.delete(name);
    {
      await using vault = await Vault.open(options(target));
      for (const [ref, mail] of told) assert.ok((await readable(vault.reader(), ref)).equals(mail));
      const writer = await vault.writer(lease());
      const again = item('n 2', 2000);
      const stored = await writer.putItem({ readable: again.readable, stream: again.stream });
      assert.equal(stored.status, 'reused');
      await writer.flush();
    }
    const packs = [...target.objects.keys()].filter((name) => name.startsWith('packs/')).length;
    let footers = 0;
    target.faults.before = (operation, name) => {
      if (operation === 'get' && name.startsWith('packs/')) footers++;
    };
    await using vault = await Vault.open(options(target));
    assert.equal(packs, 4);
    assert.equal(footers, 0, 'the segment covers every pack again');
    assert.deepEqual((await vault.verify({ deep: true })).problems, []);
  });

  it('of many small sessions is merged, and what was merged may go', async () => {
    const target = memoryTarget();
    const told = new Map<string, Buffer>();
    {
      await using vault = await Vault.create(options(target));
      const writer = await vault.writer(lease());
      for (let number = 0; number < 70; number++) {
        const one = item(`n ${number}`);
        told.set((await writer.putItem({ readable: one.readable })).ref, one.mail);
        await writer.flush();
      }
    }
    const segments = [...target.objects].filter(([name]) => name.startsWith('index/'));
    segments.sort(([, a], [, b]) => b.length - a.length);
    assert.equal(segments.length, 71);
    const loaded: string[] = [];
    target.faults.before = (operation, name) => {
      if (operation === 'get') loaded.push(name);
    };
    await (await Vault.open(options(target)))[Symbol.asyncDispose]();
    assert.ok(loaded.length < 12, `${loaded.length} objects read to open`);
    // Every small segment that the merged one may replace.
    for (const [name] of segments.slice(1)) if (!loaded.includes(name)) target.objects.delete(name);
    loaded.length = 0;
    await using vault = await Vault.open(options(target));
    assert.ok(!loaded.some((name) => name.startsWith('packs/')), 'no footer had to be read');
    for (const [ref, mail] of told) assert.ok((await readable(vault.reader(), ref)).equals(mail));
    assert.deepEqual((await vault.verify({ deep: false })).problems, []);
  });

  it('counts nothing that lies in a retired pack, so that the pack may be removed later', async () => {
    const target = memoryTarget();
    const one = item('one', 2000);
    {
      await using vault = await Vault.create(options(target));
      const writer = await vault.writer(lease());
      await writer.putItem({ readable: one.readable });
      await writer.flush();
    }
    const packName = [...target.objects.keys()].find((name) => name.startsWith('packs/'))!;
    const keyring = await loadKeyring(target, testKey, 'tenant-1');
    const { vaultId, dataKeys } = keyring;
    const secrets = { vaultId, dataKey: dataKeys[0]!.key, dataKeyVersion: 1 };
    const retired = [Buffer.from(packName.slice(-32), 'hex')];
    const sections = encodeSegment({ packs: [], replaces: [], retired, entries: Buffer.alloc(0) });
    const name = `index/${'0'.repeat(32)}`;
    target.objects.set(name, sealObject(secrets, name, noise('salt', 16), sections));
    for (const removed of [false, true]) {
      if (removed) target.objects.delete(packName);
      await using vault = await Vault.open(options(target));
      const writer = await vault.writer(lease());
      const stored = await writer.putItem({ readable: one.readable });
      assert.equal(stored.status, removed ? 'reused' : 'stored');
      await writer.flush();
      assert.ok((await readable(vault.reader(), stored.ref)).equals(one.mail));
      assert.deepEqual((await vault.verify({ deep: true })).problems, []);
    }
  });

  it('a torn file among the packs does not keep the vault from opening', async () => {
    const target = memoryTarget();
    await using vault = await Vault.create(options(target));
    const writer = await vault.writer(lease());
    const one = item('whole');
    const { ref } = await writer.putItem({ readable: one.readable });
    await writer.flush();
    const pack = [...target.objects].find(([name]) => name.startsWith('packs/'))![1];
    target.objects.set(`packs/ab/${'ab'.repeat(16)}`, pack.subarray(0, pack.length - 20));
    await using again = await Vault.open(options(target));
    assert.ok((await readable(again.reader(), ref)).equals(one.mail));
    const { problems } = await again.verify({ deep: false });
    assert.deepEqual(
      problems.map((problem) => problem.where),
      [`packs/ab/${'ab'.repeat(16)}`],
    );
  });
});
