import { systemClock } from '#lib/core/clock.ts';
import { keyFile } from '#lib/vault/keys.ts';
import { openTarget } from '#lib/vault/targets/open.ts';
import { Vault } from '#lib/vault/vault.ts';
import { item, lease, row } from './fixture.ts';

/**
 * One process of a test: `node session.program.ts TARGET KEY MAILBOX ROUNDS`. Prints a line for every
 * commit it was told of: `{"snapshot","refs"}`; then waits to be killed or ended.
 */

const [target, key, mailboxId, rounds] = process.argv.slice(2) as [string, string, string, string];
await using vault = await Vault.openOrCreate({
  target: openTarget(new URL(target), 'tenant-1'),
  keys: await keyFile(key),
  tenantId: 'tenant-1',
  clock: systemClock,
  workers: 1,
});
const writer = await vault.writer(lease());
let base = (await vault.reader().snapshots(mailboxId)).at(-1)?.id ?? null;
for (let round = 0; round < Number(rounds); round++) {
  const items = [item(`everybody ${round}`, 20_000), item(`${mailboxId} ${round}`, 20_000)];
  const stored = await Promise.all(
    items.map(({ readable, stream }) => writer.putItem({ readable, stream })),
  );
  const refs = stored.map(({ ref }) => ref);
  const info = await writer.commitSnapshot({
    mailboxId,
    base,
    takenAt: new Date(round),
    note: {},
    folders: [],
    put: refs.map((ref, number) => row(`${round} ${number}`, ref)),
    remove: [],
  });
  base = info.id;
  process.stdout.write(`${JSON.stringify({ snapshot: info.id, refs })}\n`);
}
