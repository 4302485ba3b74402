import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isAppError } from '#lib/core/errors.ts';
import { loadKeyring, rotateKeyring } from '#lib/vault/keyring.ts';
import { createKeyFile, keyFile } from '#lib/vault/keys.ts';
import { memoryTarget } from '#lib/vault/targets/memory.ts';
import { Vault } from '#lib/vault/vault.ts';
import { item, lease, options, otherKey, readable, testKey } from './fixture.ts';

describe('the keys of a vault', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-keys-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('a key file is made once, for its owner only, and never overwritten', async () => {
    const path = join(folder, 'key');
    await createKeyFile(path);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    const text = await readFile(path, 'utf8');
    await assert.rejects(createKeyFile(path), (err) => isAppError(err, 'conflict'));
    assert.equal(await readFile(path, 'utf8'), text);
    const wrapper = await keyFile(path);
    const wrapped = await wrapper.wrap(Buffer.from('secret'), 'context');
    assert.equal(Buffer.from(await wrapper.unwrap(wrapped, 'context')).toString(), 'secret');
    await assert.rejects(wrapper.unwrap(wrapped, 'another context'));
  });

  it('what is not a key file is refused with a sentence', async () => {
    await writeFile(join(folder, 'wrong'), 'hello\n');
    for (const name of ['wrong', 'absent'])
      await assert.rejects(keyFile(join(folder, name)), (err) => isAppError(err, 'config.invalid'));
  });

  it('a wrong key is told from damage, and nothing is changed', async () => {
    const target = memoryTarget();
    await (await Vault.create(options(target)))[Symbol.asyncDispose]();
    const before = new Map(target.objects);
    for (const open of [Vault.open, Vault.openOrCreate]) {
      await assert.rejects(open(options(target, otherKey)), (err) => {
        assert.ok(isAppError(err, 'vault.key-wrong'));
        assert.match(err.message, /another key.*right key file/);
        return true;
      });
    }
    assert.deepEqual(target.objects, before);
  });

  it('a vault is created once; another tenant does not open it', async () => {
    const target = memoryTarget();
    await Vault.create(options(target));
    await assert.rejects(Vault.create(options(target)), (err) => isAppError(err, 'conflict'));
    await assert.rejects(Vault.open({ ...options(target), tenantId: 'tenant-2' }), (err) =>
      isAppError(err, 'forbidden'),
    );
    await assert.rejects(Vault.open(options(memoryTarget())), (err) =>
      isAppError(err, 'not-found'),
    );
  });

  it('two processes that create at once end with one vault', async () => {
    const target = memoryTarget();
    const vaults = await Promise.all(
      Array.from({ length: 4 }, () => Vault.openOrCreate(options(target))),
    );
    const { readable: form } = item('x');
    const refs = new Set<string>();
    for (const vault of vaults) {
      await using open = vault;
      refs.add((await (await open.writer(lease())).putItem({ readable: form })).ref);
    }
    assert.equal(refs.size, 1);
  });

  it('verify tells a damaged keyring or copy while the other one still opens the vault', async () => {
    for (const name of ['keyring/00000001', 'keyring-copy/00000001']) {
      const target = memoryTarget();
      await using vault = await Vault.create(options(target));
      assert.deepEqual((await vault.verify({ deep: false })).problems, []);
      for (const at of [0, 40, 60, target.objects.get(name)!.length - 1]) {
        target.objects.get(name)![at]! ^= 1;
        const { problems } = await vault.verify({ deep: false });
        assert.equal(problems.length, 1, `${name}, byte ${at}`);
        assert.equal(problems[0]!.kind, 'keyring');
        target.objects.get(name)![at]! ^= 1;
      }
    }
  });

  it('a keyring or copy that is missing is there again after the next writer', async () => {
    for (const name of ['keyring/00000001', 'keyring-copy/00000001']) {
      const target = memoryTarget();
      await (await Vault.create(options(target)))[Symbol.asyncDispose]();
      const bytes = target.objects.get(name)!;
      target.objects.delete(name);
      await assert.rejects(Vault.create(options(target)), (err) => isAppError(err, 'conflict'));
      assert.ok(
        name.startsWith('keyring/') ? !target.objects.has(name) : true,
        'no second vault begins beside the copy',
      );
      await using vault = await Vault.openOrCreate(options(target));
      await vault.writer(lease());
      assert.deepEqual(target.objects.get(name), bytes);
    }
  });

  it('no vault is made over packs whose keys are gone', async () => {
    const target = memoryTarget();
    {
      await using vault = await Vault.create(options(target));
      const writer = await vault.writer(lease());
      await writer.putItem({ readable: item('x').readable });
      await writer.flush();
    }
    for (const folder of ['keyring', 'keyring-copy']) target.objects.delete(`${folder}/00000001`);
    const before = new Map(target.objects);
    await assert.rejects(Vault.openOrCreate(options(target)), (err) =>
      isAppError(err, 'vault.damaged'),
    );
    assert.deepEqual(target.objects, before);
  });

  it('a damaged keyring is reported; its copy opens the vault', async () => {
    const target = memoryTarget();
    await Vault.create(options(target));
    target.objects.get('keyring/00000001')![60]! ^= 1;
    await Vault.open(options(target));
    target.objects.get('keyring-copy/00000001')!.fill(0, 0, 4);
    await assert.rejects(Vault.open(options(target)), (err) => isAppError(err, 'vault.damaged'));
  });

  it('after a rotation the new wrapping key opens old and new packs, the old one nothing', async () => {
    const target = memoryTarget();
    const old = item('old', 2000);
    const fresh = item('fresh', 2000);
    const refs: string[] = [];
    {
      await using vault = await Vault.create(options(target));
      const writer = await vault.writer(lease());
      refs.push((await writer.putItem({ readable: old.readable })).ref);
      await writer.flush();
    }
    await rotateKeyring(target, otherKey, await loadKeyring(target, testKey, 'tenant-1'));
    await assert.rejects(Vault.open(options(target)), (err) => isAppError(err, 'vault.key-wrong'));
    await using vault = await Vault.open(options(target, otherKey));
    const writer = await vault.writer(lease());
    assert.equal((await writer.putItem({ readable: old.readable })).status, 'reused');
    refs.push((await writer.putItem({ readable: fresh.readable })).ref);
    await writer.flush();
    assert.ok((await readable(vault.reader(), refs[0]!)).equals(old.mail));
    assert.ok((await readable(vault.reader(), refs[1]!)).equals(fresh.mail));
    assert.deepEqual((await vault.verify({ deep: true })).problems, []);
  });
});
