import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryTarget } from '#lib/vault/targets/memory.ts';
import { Vault } from '#lib/vault/vault.ts';
import { item, lease, message, noise, options, readable, stream } from './fixture.ts';

const size = 400_000;

describe('what is the same is kept once', () => {
  it('an attachment in many messages, in streams, and in another session', async () => {
    const target = memoryTarget();
    const file = noise('logo', size);
    {
      await using vault = await Vault.create(options(target));
      const writer = await vault.writer(lease());
      for (let number = 0; number < 5; number++)
        await writer.putItem({
          readable: { format: 'mime', body: message(`copy${number}`, 'hello', file) },
          stream: { body: Buffer.concat([Buffer.from(`stream ${number} `), file]) },
        });
      await writer.flush();
    }
    await using again = await Vault.open(options(target));
    const writer = await again.writer(lease());
    await writer.putItem({ readable: { format: 'mime', body: message('later', 'hi', file) } });
    const { storedBytes } = await writer.flush();
    assert.ok(storedBytes < 4000, `the later copy cost ${storedBytes} bytes`);
    const total = (await again.stats()).storedBytes;
    assert.ok(total < size * 1.1, `${total} bytes for ${size} bytes of attachment`);
  });

  it('a change inside a large attachment costs a few chunks of it', async () => {
    const target = memoryTarget();
    await using vault = await Vault.create(options(target));
    const writer = await vault.writer(lease());
    const before = noise('archive', 12_000_000);
    const after = Buffer.concat([
      before.subarray(0, 5_000_000),
      Buffer.from('something new'),
      before.subarray(5_000_000),
    ]);
    await writer.putItem({ stream: { body: before } });
    await writer.flush();
    const { ref } = await writer.putItem({ stream: { body: after } });
    const { storedBytes } = await writer.flush();
    assert.ok(storedBytes < 6_000_000, `the change cost ${storedBytes} bytes`);
    assert.ok((await stream(vault.reader(), ref)).equals(after));
  });

  it('but bytes of one kind never answer for another: a message attached to a message', async () => {
    const target = memoryTarget();
    await using vault = await Vault.create(options(target));
    const writer = await vault.writer(lease());
    const inner = message('inner', 'The inner text. '.repeat(100));
    const outer = message('outer', 'see attached', inner);
    const refs = [];
    for (const body of [outer, inner])
      refs.push((await writer.putItem({ readable: { format: 'mime', body } })).ref);
    await writer.flush();
    assert.ok((await readable(vault.reader(), refs[0]!)).equals(outer));
    assert.ok((await readable(vault.reader(), refs[1]!)).equals(inner));
  });

  it('never across vaults: the same mail has other names and other bytes elsewhere', async () => {
    const { readable: form } = item('same', 1000);
    const refs = [];
    for (let number = 0; number < 2; number++) {
      await using vault = await Vault.create(options(memoryTarget()));
      const writer = await vault.writer(lease());
      refs.push((await writer.putItem({ readable: form })).ref);
    }
    assert.notEqual(refs[0], refs[1]);
  });
});
