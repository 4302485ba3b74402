import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppError, isAppError } from '#lib/core/errors.ts';
import { type MemoryTarget, memoryTarget } from '#lib/vault/targets/memory.ts';
import { Vault } from '#lib/vault/vault.ts';
import { all, item, lease, noise, options, readable, row } from './fixture.ts';

class Crash extends Error {}

interface Acknowledged {
  items: Map<string, Buffer>;
  snapshots: string[];
}

/** A little life of a vault; notes only what a caller was told is durable. */
async function live(target: MemoryTarget, told: Acknowledged): Promise<void> {
  await using vault = await Vault.openOrCreate(options(target));
  const writer = await vault.writer(lease());
  let base: string | null = (await vault.reader().snapshots('m')).at(-1)?.id ?? null;
  for (let round = 0; round < 2; round++) {
    const items = [0, 1].map((number) => item(`${round} ${number}`, 2000));
    const stored = await Promise.all(
      items.map((one) => writer.putItem({ readable: one.readable, stream: one.stream })),
    );
    await writer.flush();
    stored.forEach(({ ref }, number) => {
      told.items.set(ref, items[number]!.mail);
    });
    const info = await writer.commitSnapshot({
      mailboxId: 'm',
      base,
      takenAt: new Date(round),
      note: {},
      folders: [],
      put: stored.map(({ ref }, number) => row(`${round} ${number}`, ref)),
      remove: [],
    });
    told.snapshots.push(info.id);
    base = info.id;
  }
}

async function holds(target: MemoryTarget, told: Acknowledged): Promise<void> {
  if (told.items.size === 0 && target.objects.size < 2) return;
  await using vault = await Vault.open(options(target));
  const reader = vault.reader();
  for (const [ref, mail] of told.items) assert.ok((await readable(reader, ref)).equals(mail));
  for (const id of told.snapshots) {
    const { info, items } = await reader.snapshot(id);
    assert.equal((await all(items())).length, info.items);
  }
  assert.deepEqual((await vault.verify({ deep: true })).problems, []);
}

describe('whatever happens to the process', () => {
  it('a crash before or after any write loses nothing that was acknowledged', async () => {
    let writes = 0;
    const counting = memoryTarget();
    counting.faults.before = (operation) => {
      if (operation === 'put') writes++;
    };
    await live(counting, { items: new Map(), snapshots: [] });
    assert.ok(writes >= 10);
    for (let crashAt = 1; crashAt <= writes; crashAt++) {
      for (const moment of ['before', 'after'] as const) {
        const target = memoryTarget();
        const told: Acknowledged = { items: new Map(), snapshots: [] };
        let count = 0;
        let dead = false;
        const crash = (operation: string) => {
          if (operation === 'put' && moment === 'before') count++;
          if (dead || (operation === 'put' && moment === 'before' && count === crashAt)) {
            dead = true;
            throw new Crash();
          }
        };
        target.faults.before = crash;
        target.faults.after = () => {
          if (moment === 'after' && ++count === crashAt) {
            dead = true;
            throw new Crash();
          }
        };
        await assert.rejects(live(target, told));
        // Nothing of the dead process is left but what it wrote; another one goes on at once.
        const after = memoryTarget(target.objects);
        await holds(after, told);
        await live(after, told);
        await holds(after, told);
      }
    }
  });

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
      snapshots: [],
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
      snapshots: [],
    });
  });

  it('an item longer than memory may hold is read back before it counts', async () => {
    const target = memoryTarget();
    await using vault = await Vault.create(options(target));
    const writer = await vault.writer(lease());
    // The target gives wrong bytes: the put must notice, long before a restore would.
    target.faults.after = (_, name) => {
      if (name.startsWith('packs/')) target.objects.get(name)![5000]! ^= 1;
    };
    await assert.rejects(writer.putItem({ stream: { body: noise('long', 5_000_000) } }), (err) =>
      isAppError(err, 'vault.damaged'),
    );
  });
});
