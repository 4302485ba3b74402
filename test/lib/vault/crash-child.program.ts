/**
 * The victim of the crash tests: writes a small vault and says on standard output what it was told
 * is safe, each line written before anything else is done.
 *
 *   node crash-child.program.ts VAULT KEY       waits for a line on standard input before it begins
 */

import { readSync, writeSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { systemClock } from '#lib/core/clock.ts';
import { keyFile } from '#lib/vault/keys.ts';
import type { ItemRow } from '#lib/vault/rows.ts';
import { openTarget } from '#lib/vault/targets/open.ts';
import { Vault } from '#lib/vault/vault.ts';
import { crashItems, crashRow, rounds } from './crash-case.ts';

const [, , folder, key] = process.argv as [string, string, string, string];
const say = (line: object) => writeSync(1, `${JSON.stringify(line)}\n`);

// The thread that does the file work exists from here on, so that it can be watched.
await stat(key);
say({ ready: true });
readSync(0, Buffer.alloc(16));

const vault = await Vault.openOrCreate({
  target: openTarget(pathToFileURL(folder), 'crash'),
  keys: await keyFile(key),
  tenantId: 'crash',
  clock: systemClock,
  workers: 1,
});
const writer = await vault.writer({ sessionId: 'crash', epoch: 1, assertHeld: async () => {} });
let base: string | null = null;
for (let round = 0; round < rounds; round++) {
  const put: ItemRow[] = [];
  for (const { name, body } of crashItems(round)) {
    const stored = await writer.putItem({ readable: { format: 'mime', body } });
    put.push(crashRow(name, stored.ref, body.length));
  }
  await writer.flush();
  say({ flushed: put.map(({ key: name, ref }) => ({ name, ref })) });
  const snapshot = await writer.commitSnapshot({
    mailboxId: 'crash',
    base,
    takenAt: systemClock.now(),
    note: {},
    folders: [{ id: 'f', parentId: null, name: 'Inbox', type: 'IPF.Note', wellKnown: 'inbox' }],
    put,
    remove: [],
  });
  base = snapshot.id;
  say({ committed: snapshot.id, items: snapshot.items });
}
await writer[Symbol.asyncDispose]();
await vault[Symbol.asyncDispose]();
say({ done: true });
