import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { AppError, isAppError } from '#lib/core/errors.ts';
import type { Store } from '#lib/vault/store.ts';
import { type MemoryTarget, memoryTarget } from '#lib/vault/targets/memory.ts';
import { Vault } from '#lib/vault/vault.ts';
import { item, lease, noise, options, readable } from './fixture.ts';

interface Acknowledged {
  items: Map<string, Buffer>;
}

async function holds(target: MemoryTarget, told: Acknowledged): Promise<void> {
  await using vault = await Vault.open(options(target));
  const reader = vault.reader();
  for (const [ref, mail] of told.items) assert.ok((await readable(reader, ref)).equals(mail));
  assert.deepEqual((await vault.verify({ deep: true })).problems, []);
}

describe('whatever happens to the process', () => {
  it('what was put and not flushed is not promised, and nothing leans on it', async () => {
    const target = memoryTarget();
    const one = item('one', 300_000);
    const vault = await Vault.create(options(target));
    const first = await vault.writer(lease());
    const second = await vault.writer(lease());
    await first.putItem({ readable: one.readable });
    // The second writer's item is a hit on what the first has only in memory …
    const stored = await second.putItem({ readable: one.readable });
    assert.equal(stored.status, 'reused');
    // … so its flush must bring the first one's bytes to the target too.
    await second.flush();
    await holds(memoryTarget(new Map(target.objects)), {
      items: new Map([[stored.ref, one.mail]]),
    });
    await vault[Symbol.asyncDispose]();
  });

  it('a full target is said as such, hurts nothing, and writing goes on when there is room', async () => {
    const target = memoryTarget();
    await using vault = await Vault.create(options(target));
    const kept = item('kept', 1000);
    const writer = await vault.writer(lease());
    const { ref } = await writer.putItem({ readable: kept.readable });
    await writer.flush();
    target.faults.before = (operation) => {
      if (operation === 'put') throw new AppError('vault.full', 'The vault target is full.');
    };
    const lost = item('lost', 1000);
    await writer.putItem({ readable: lost.readable });
    await assert.rejects(writer.flush(), (err) => isAppError(err, 'vault.full'));
    await assert.rejects(writer.putItem({ readable: lost.readable }), (err) =>
      isAppError(err, 'vault.full'),
    );
    target.faults = {};
    const next = await vault.writer(lease());
    const again = await next.putItem({ readable: lost.readable });
    assert.equal(again.status, 'stored', 'what the failed session claimed does not count');
    await next.flush();
    await holds(target, {
      items: new Map([
        [ref, kept.mail],
        [again.ref, lost.mail],
      ]),
    });
  });

  it('closing the vault tells everybody who still waits, and everybody who comes later', async () => {
    const target = memoryTarget();
    const vault = await Vault.create(options(target));
    const writer = await vault.writer(lease());
    const one = { readable: item('one').readable };
    await writer.putItem(one);
    const closed = (err: unknown) => isAppError(err, 'conflict');
    const waits = [
      assert.rejects(writer.flush(), closed),
      assert.rejects(writer.putItem({ readable: item('two').readable }), closed),
    ];
    await vault[Symbol.asyncDispose]();
    await Promise.all(waits);
    await assert.rejects(writer.putItem(one), closed);
    await assert.rejects(writer.flush(), closed);
    await writer[Symbol.asyncDispose]();
  });

  it('a pack that is on the target and cannot be noted ends the session, not the process', async () => {
    await using vault = await Vault.create(options(memoryTarget()));
    const writer = await vault.writer(lease());
    await writer.putItem({ readable: item('one').readable });
    const { store } = vault as unknown as { store: Store };
    const adopt = mock.method(store, 'adopt', () => {
      throw new Error('no memory for the index');
    });
    await assert.rejects(writer.flush(), /no memory for the index/);
    adopt.mock.restore();
    const next = await vault.writer(lease());
    const { ref } = await next.putItem({ readable: item('one').readable });
    await next.flush();
    assert.ok((await readable(vault.reader(), ref)).equals(item('one').mail));
  });

  it('a source that stands still does not hold up what a failed target has ended', async () => {
    const target = memoryTarget();
    await using vault = await Vault.create(options(target));
    const writer = await vault.writer(lease());
    let stood = () => {};
    const stands = new Promise<void>((resolve) => {
      stood = resolve;
    });
    async function* still(): AsyncIterable<Uint8Array> {
      for (let piece = 0; piece < 5; piece++) yield noise(`piece ${piece}`, 1024 * 1024);
      stood();
      await new Promise(() => {});
    }
    const put = writer.putItem({ readable: { format: 'mime', body: still() } });
    await stands;
    target.faults.before = (operation) => {
      if (operation === 'put') throw new AppError('vault.full', 'The vault target is full.');
    };
    const other = await vault.writer(lease());
    await other.putItem({ readable: item('other').readable });
    await assert.rejects(other.flush(), (err) => isAppError(err, 'vault.full'));
    await assert.rejects(put, (err) => isAppError(err, 'vault.full'));
  });

  it('a long body is given up when the other body of its item cannot be read', async () => {
    await using vault = await Vault.create(options(memoryTarget()));
    const writer = await vault.writer(lease());
    const broken = new AppError('input.invalid', 'The source broke off.');
    for (const bytes of [0, 5 * 1024 * 1024]) {
      let ended = false;
      async function* long(): AsyncIterable<Uint8Array> {
        try {
          for (;;) yield noise('long', 1024 * 1024);
        } finally {
          ended = true;
        }
      }
      async function* breaks(): AsyncIterable<Uint8Array> {
        yield noise('breaks', bytes);
        throw broken;
      }
      const readable = { format: 'json' as const, body: bytes === 0 ? long() : breaks() };
      const stream = { body: bytes === 0 ? breaks() : long() };
      await assert.rejects(writer.putItem({ readable, stream }), (err) => err === broken);
      await new Promise((resolve) => setImmediate(resolve));
      assert.ok(ended);
    }
    const { ref } = await writer.putItem({ readable: item('next').readable });
    await writer.flush();
    assert.ok((await readable(vault.reader(), ref)).equals(item('next').mail));
  });
});
