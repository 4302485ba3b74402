import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { isAppError } from '#lib/core/errors.ts';
import { VaultDamaged } from '#lib/vault/errors.ts';
import { memoryTarget } from '#lib/vault/targets/memory.ts';
import { Vault } from '#lib/vault/vault.ts';
import { all, item, lease, options, readable, row, stream } from './fixture.ts';

type Objects = Map<string, Buffer>;

/** Two packs, two segments, two snapshots of each of two mailboxes. */
async function build(seed: string): Promise<{ objects: Objects; refs: Map<string, Buffer> }> {
  const target = memoryTarget();
  await using vault = await Vault.create(options(target));
  const writer = await vault.writer(lease());
  const refs = new Map<string, Buffer>();
  for (const mailboxId of ['m1', 'm2']) {
    let base: string | null = null;
    for (const round of [1, 2]) {
      const one = item(`${seed} ${mailboxId} ${round}`, 3000);
      const { ref } = await writer.putItem({ readable: one.readable, stream: one.stream });
      refs.set(ref, one.mail);
      const snapshot = await writer.commitSnapshot({
        mailboxId,
        base,
        takenAt: new Date(round),
        note: {},
        folders: [{ id: 'f', parentId: null, name: 'Inbox', type: 'folder', wellKnown: 'inbox' }],
        put: [row(`key ${round}`, ref)],
        remove: [],
      });
      base = snapshot.id;
    }
  }
  return { objects: target.objects, refs };
}

/** Opens and reads everything; true when damage was reported somewhere, fails on a wrong byte. */
async function notices(objects: Objects, refs: Map<string, Buffer>): Promise<boolean> {
  let noticed = false;
  const attempt = async (act: () => Promise<void>) => {
    try {
      await act();
    } catch (err) {
      if (
        !isAppError(err) ||
        !['vault.damaged', 'not-found', 'forbidden', 'vault.key-wrong'].includes(err.code)
      )
        throw err;
      noticed = true;
    }
  };
  await attempt(async () => {
    await using vault = await Vault.open(options(memoryTarget(objects)));
    const reader = vault.reader();
    for (const [ref, mail] of refs) {
      await attempt(async () => {
        assert.ok((await readable(reader, ref)).equals(mail), 'wrong bytes were given out');
        await stream(reader, ref);
      });
    }
    await attempt(async () => {
      for (const info of await reader.snapshots())
        await all((await reader.snapshot(info.id)).items());
    });
    if ((await vault.verify({ deep: true })).problems.length > 0) noticed = true;
  });
  return noticed;
}

function copy(objects: Objects): Objects {
  return new Map([...objects].map(([name, bytes]) => [name, Buffer.from(bytes)]));
}

describe('whoever can write to the target', () => {
  let objects: Objects;
  let refs: Map<string, Buffer>;
  before(async () => {
    ({ objects, refs } = await build('a'));
  });
  const names = (prefix: string) => [...objects.keys()].filter((name) => name.startsWith(prefix));

  it('(an untouched vault shows nothing)', async () => {
    assert.equal(await notices(copy(objects), refs), false);
  });

  it('cannot change a byte of any region of any kind of object unseen', async () => {
    for (const prefix of ['packs/', 'index/', 'snapshots/']) {
      const name = names(prefix)[0]!;
      const length = objects.get(name)!.length;
      // Every other byte of the plain headers and ends, and a sample of the rest.
      const places = new Set<number>();
      for (let at = 0; at < 56; at += 2) places.add(at).add(length - 1 - at);
      for (let at = 60; at < length; at += Math.ceil(length / 25)) places.add(at);
      for (const at of places) {
        const changed = copy(objects);
        changed.get(name)![at]! ^= 0x10;
        assert.ok(await notices(changed, refs), `${name}: byte ${at} of ${length}`);
      }
    }
  });

  it('cannot cut an object off unseen', async () => {
    for (const prefix of ['packs/', 'index/', 'snapshots/']) {
      const name = names(prefix)[0]!;
      const bytes = objects.get(name)!;
      for (const length of [0, 10, 40, bytes.length >> 1, bytes.length - 1]) {
        const changed = copy(objects);
        changed.set(name, bytes.subarray(0, length));
        assert.ok(await notices(changed, refs), `${name} cut to ${length}`);
      }
    }
  });

  it('cannot let one object stand in for another', async () => {
    for (const prefix of ['packs/', 'index/', 'snapshots/']) {
      const [one, two] = names(prefix);
      const changed = copy(objects);
      changed.set(one!, objects.get(two!)!).set(two!, objects.get(one!)!);
      assert.ok(await notices(changed, refs), `${one} and ${two} swapped`);
    }
  });

  it('cannot bring in objects of another vault, even one closed with the same key', async () => {
    const other = await build('b');
    for (const prefix of ['packs/', 'index/', 'snapshots/']) {
      const foreign = [...other.objects.keys()].find((name) => name.startsWith(prefix))!;
      const changed = copy(objects).set(foreign, other.objects.get(foreign)!);
      assert.ok(await notices(changed, refs), foreign);
    }
  });

  it('cannot swap two blocks of a pack', async () => {
    const name = names('packs/')[0]!;
    const bytes = objects.get(name)!;
    const starts: number[] = [];
    for (let at = bytes.indexOf('HBK1'); at >= 0; at = bytes.indexOf('HBK1', at + 1))
      starts.push(at);
    assert.ok(starts.length >= 3);
    const [first, second, third] = starts as [number, number, number];
    const swapped = Buffer.concat([
      bytes.subarray(0, first),
      bytes.subarray(second, third),
      bytes.subarray(first, second),
      bytes.subarray(third),
    ]);
    assert.ok(await notices(copy(objects).set(name, swapped), refs));
  });

  it('cannot take a pack or an earlier snapshot away unseen', async () => {
    for (const name of [names('packs/')[0]!, names('snapshots/')[0]!]) {
      const changed = copy(objects);
      changed.delete(name);
      assert.ok(await notices(changed, refs), name);
    }
  });

  it('cannot hide damage by taking the index away', async () => {
    const changed = copy(objects);
    for (const name of names('index/')) changed.delete(name);
    assert.equal(await notices(changed, refs), false, 'an index is no loss');
    changed.get(names('packs/')[0]!)![100]! ^= 1;
    assert.ok(await notices(changed, refs));
  });

  it('and verify says which items a damaged pack took with it', async () => {
    const changed = copy(objects);
    const name = names('packs/')[0]!;
    changed.get(name)!.fill(0, 32, 200);
    await using vault = await Vault.open(options(memoryTarget(changed)));
    const { problems } = await vault.verify({ deep: true });
    const affected = new Set(problems.flatMap((problem) => problem.affectedItems));
    for (const ref of refs.keys()) {
      const whole = await readable(vault.reader(), ref).then(
        () =>
          stream(vault.reader(), ref).then(
            () => true,
            () => false,
          ),
        (err) => {
          assert.ok(err instanceof VaultDamaged);
          return false;
        },
      );
      assert.equal(affected.has(ref), !whole, ref);
    }
    assert.ok(affected.size > 0 && affected.size < refs.size);
  });

  it('and nothing that is damaged is overwritten or removed', async () => {
    const changed = copy(objects);
    changed.get(names('packs/')[0]!)!.fill(0, 32, 200);
    const kept = copy(changed);
    await using vault = await Vault.open(options(memoryTarget(changed)));
    await vault.verify({ deep: true });
    const writer = await vault.writer(lease());
    await writer.putItem({ readable: item('new').readable });
    await writer.flush();
    for (const [name, bytes] of kept) assert.ok(changed.get(name)!.equals(bytes), name);
  });
});
