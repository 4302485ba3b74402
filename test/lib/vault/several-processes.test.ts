import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppError, isAppError } from '#lib/core/errors.ts';
import { memoryTarget } from '#lib/vault/targets/memory.ts';
import type { Target } from '#lib/vault/targets/target.ts';
import { Vault } from '#lib/vault/vault.ts';
import { item, lease, options } from './fixture.ts';

const one = item('one', 1000);

describe('what another process wrote', () => {
  it('is found even when a look at the target is under way that began too early', async () => {
    const target = memoryTarget();
    await using writing = await Vault.create(options(target));
    let looked = () => {};
    let gate: Promise<void> | null = null;
    const slow: Target = {
      ...target,
      async *list(prefix, skip) {
        const found = [];
        for await (const entry of target.list(prefix, skip)) found.push(entry);
        if (prefix === 'packs/' && gate !== null) {
          looked();
          await gate;
        }
        yield* found;
      },
    };
    await using reading = await Vault.open(options(slow));
    const writer = await writing.writer(lease());
    const { ref } = await writer.putItem({ readable: one.readable });
    let go = () => {};
    gate = new Promise((resolve) => {
      go = resolve;
    });
    const looks = new Promise<void>((resolve) => {
      looked = resolve;
    });
    const early = reading.reader().has(ref);
    await looks;
    await writer.flush();
    const late = reading.reader().has(ref);
    go();
    assert.deepEqual([await early, await late], [false, true]);
  });

  it('is learned as it should be after a look that failed half-way', async () => {
    const target = memoryTarget();
    await using writing = await Vault.create(options(target));
    await using reading = await Vault.open(options(target));
    const writer = await writing.writer(lease());
    const { ref } = await writer.putItem({ readable: one.readable });
    await writer.flush();
    await writer.putItem({ readable: item('two').readable });
    await writer.flush();
    const read: string[] = [];
    target.faults.before = (operation, name) => {
      if (operation !== 'get') return;
      read.push(name.slice(0, 6));
      if (read.length === 2)
        throw new AppError('vault.unavailable', 'It cannot be reached.', { retryable: true });
    };
    await assert.rejects(reading.reader().has(ref), (err) => isAppError(err, 'vault.unavailable'));
    assert.ok(await reading.reader().has(ref));
    const both = ['index/', 'index/'];
    assert.deepEqual(read, [...both, ...both], 'the segments, and no footer of what they cover');
  });
});
