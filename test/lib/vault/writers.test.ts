import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sleep } from '#lib/core/concurrency.ts';
import { isAppError } from '#lib/core/errors.ts';
import { memoryTarget } from '#lib/vault/targets/memory.ts';
import { type SnapshotInput, Vault } from '#lib/vault/vault.ts';
import { all, item, lease, options, readable, row } from './fixture.ts';

function input(base: string | null, rows: SnapshotInput['put'], mailboxId = 'm'): SnapshotInput {
  return {
    mailboxId,
    base,
    takenAt: new Date(1),
    note: {},
    folders: [],
    put: rows,
    remove: [],
  };
}

describe('many writers', () => {
  it('in one process and in two share what they have and lose nothing', async () => {
    const target = memoryTarget();
    await using one = await Vault.create(options(target));
    await using two = await Vault.open(options(target));
    const told = new Map<string, Buffer>();
    const session = async (vault: Vault, mailboxId: string) => {
      const writer = await vault.writer(lease());
      let base: string | null = null;
      for (let round = 0; round < 3; round++) {
        // Half of the items are the same in all sessions.
        const items = [item(`all ${round}`, 2000), item(`${mailboxId} ${round}`, 2000)];
        const stored = await Promise.all(
          items.map(({ readable: form, stream }) => writer.putItem({ readable: form, stream })),
        );
        const rows = stored.map(({ ref }, number) => row(`${round} ${number}`, ref));
        base = (await writer.commitSnapshot(input(base, rows, mailboxId))).id;
        stored.forEach(({ ref }, number) => {
          told.set(ref, items[number]!.mail);
        });
      }
    };
    await Promise.all([session(one, 'a'), session(one, 'b'), session(two, 'c'), session(two, 'd')]);
    await using third = await Vault.open(options(target));
    for (const vault of [one, two, third]) {
      for (const [ref, mail] of told) assert.ok((await readable(vault.reader(), ref)).equals(mail));
      assert.equal((await vault.reader().snapshots()).length, 12);
    }
    const report = await third.verify({ deep: true });
    assert.deepEqual(report.problems, []);
  });

  it('of one mailbox: one commits, the other is told so, and nothing is overwritten', async () => {
    const target = memoryTarget();
    await using one = await Vault.create(options(target));
    await using two = await Vault.open(options(target));
    const commit = async (vault: Vault, name: string) => {
      const writer = await vault.writer(lease());
      const { ref } = await writer.putItem({ readable: item(name).readable });
      return writer.commitSnapshot(input(null, [row(name, ref)]));
    };
    const results = await Promise.allSettled([commit(one, 'x'), commit(two, 'y')]);
    const infos = await one.reader().snapshots('m');
    const refused = results.filter((result) => result.status === 'rejected');
    // Either they met, and one was refused, or one came after the other.
    assert.equal(infos.length, 2 - refused.length);
    for (const { reason } of refused as PromiseRejectedResult[])
      assert.ok(isAppError(reason, 'conflict'));
    assert.deepEqual((await one.verify({ deep: true })).problems, []);
  });

  it('a snapshot on an outdated base is refused', async () => {
    await using vault = await Vault.create(options(memoryTarget()));
    const writer = await vault.writer(lease());
    const { ref } = await writer.putItem({ readable: item('x').readable });
    const first = await writer.commitSnapshot(input(null, [row('x', ref)]));
    await writer.commitSnapshot(input(first.id, [row('y', ref)]));
    await assert.rejects(writer.commitSnapshot(input(first.id, [row('z', ref)])), (err) =>
      isAppError(err, 'conflict'),
    );
    assert.equal((await vault.reader().snapshots('m')).length, 2);
  });

  it('a lease that was lost before the commit leaves no snapshot', async () => {
    await using vault = await Vault.create(options(memoryTarget()));
    const held = lease();
    const writer = await vault.writer(held);
    const { ref } = await writer.putItem({ readable: item('x').readable });
    held.lose();
    await assert.rejects(writer.commitSnapshot(input(null, [row('x', ref)])), (err) =>
      isAppError(err, 'lease.lost'),
    );
    assert.deepEqual(await vault.reader().snapshots(), []);
    await assert.rejects(vault.writer(held), (err) => isAppError(err, 'lease.lost'));
  });

  it('a snapshot cannot hold keys that are the same once they are bytes', async () => {
    await using vault = await Vault.create(options(memoryTarget()));
    const writer = await vault.writer(lease());
    const { ref } = await writer.putItem({ readable: item('x').readable });
    const keys = ['\ud800', '\ud801'].map((key) => row(key, ref));
    await assert.rejects(writer.commitSnapshot(input(null, keys)), (err) =>
      isAppError(err, 'input.invalid'),
    );
    // What else is not Unicode is not what anything is found by.
    const { id } = await writer.commitSnapshot(
      input(null, [{ ...row('', ref), subject: '\ud800' }]),
    );
    assert.equal((await (await vault.reader().snapshot(id)).item(''))?.subject, '\ufffd');
  });

  it('leave no threads behind once nobody writes, and the next starts them again', async () => {
    const target = memoryTarget();
    await using vault = await Vault.create({ ...options(target), restAfterMs: 20 });
    const threads = () =>
      process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
    const before = threads();
    const first = await vault.writer(lease());
    await using second = await vault.writer(lease());
    assert.ok(threads() > before);
    const { ref } = await first.putItem({ readable: item('x').readable });
    await first[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
    await sleep(100);
    await second.putItem({ readable: item('second').readable });
    await second[Symbol.asyncDispose]();
    const deadline = Date.now() + 60_000;
    while (threads() > before && Date.now() < deadline) await sleep(20);
    assert.equal(threads(), before);
    // What was not flushed is kept all the same, because the index of this process knows it.
    await using third = await vault.writer(lease());
    const again = await third.putItem({ readable: item('x').readable });
    assert.deepEqual([again.ref, again.status], [ref, 'reused']);
    await third.flush();
    await using other = await Vault.open(options(target));
    assert.ok((await readable(other.reader(), ref)).equals(item('x').mail));
  });

  it('a snapshot cannot name an item that is not in the vault', async () => {
    await using vault = await Vault.create(options(memoryTarget()));
    const writer = await vault.writer(lease());
    await assert.rejects(writer.commitSnapshot(input(null, [row('x', 'ab'.repeat(32))])), (err) =>
      isAppError(err, 'input.invalid'),
    );
    assert.deepEqual(await all(toAsync(await vault.reader().snapshots())), []);
  });
});

async function* toAsync<T>(values: T[]): AsyncIterable<T> {
  yield* values;
}
