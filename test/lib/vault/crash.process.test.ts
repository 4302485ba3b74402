import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { systemClock } from '#lib/core/clock.ts';
import { mapLimited } from '#lib/core/concurrency.ts';
import { keyFromBytes } from '#lib/vault/keys.ts';
import { memoryTarget } from '#lib/vault/targets/memory.ts';
import { Vault } from '#lib/vault/vault.ts';
import { type Acknowledged, crashItems, crashRow, judge, rounds } from './crash-case.ts';
import { crashAt, findCrashPoints, straceMissing } from './crash-strace.ts';

/** Every third call, spread over the whole life of the vault; `crash-sweep.program.ts` tries all. */
const pointsMax = 60;

test('a vault killed at any system call opens, verifies and lacks nothing acknowledged', async (t) => {
  const missing = straceMissing();
  if (missing) {
    t.skip(`NO SYSTEM CALLS WERE KILLED: ${missing}; the target double below stands in`);
    return;
  }
  const points = await findCrashPoints();
  const calls = new Set(points.map(({ call }) => call));
  for (const call of ['openat', 'write', 'fsync', 'close', 'mkdir']) {
    assert.ok(calls.has(call), `the victim makes no ${call}`);
  }
  const chosen = spread(points, pointsMax);
  const hits = await mapLimited(chosen, 2, crashAt);
  const killed = hits.filter(Boolean).length;
  t.diagnostic(
    `strace: killed at ${killed} of ${points.length} calls (${[...calls].sort().join(', ')})`,
  );
  assert.ok(killed > chosen.length * 0.9, `only ${killed} of ${chosen.length} were reached`);
});

test('a vault whose target dies before or after any operation lacks nothing acknowledged', async (t) => {
  let tried = 0;
  for (const moment of ['before', 'after'] as const) {
    for (let count = 1; ; count++, tried++) {
      const { objects, said, keys } = await writeUntil(moment, count);
      await judge(memoryTarget(objects), keys, said, `${moment} operation ${count}`);
      if (said.done) break;
    }
  }
  t.diagnostic(`target double: died at ${tried} operations`);
  assert.ok(tried > 20, `only ${tried} operations`);
});

/** The victim's work on a target in memory that stops for good at its `count`-th put. */
async function writeUntil(moment: 'before' | 'after', count: number) {
  const target = memoryTarget();
  const keys = keyFromBytes(randomBytes(32));
  const said: Acknowledged = { items: [], snapshots: [], done: false };
  let puts = 0;
  let dead = false;
  const die = (when: 'before' | 'after', operation: string) => {
    if (when === moment && operation === 'put' && ++puts === count) dead = true;
    if (dead) throw new Error('the machine is gone');
  };
  target.faults = {
    before: (operation) => die('before', operation),
    after: (operation) => die('after', operation),
  };
  try {
    await using vault = await Vault.openOrCreate({
      target,
      keys,
      tenantId: 'crash',
      clock: systemClock,
      workers: 1,
    });
    await using writer = await vault.writer({
      sessionId: 'crash',
      epoch: 1,
      assertHeld: async () => {},
    });
    let base: string | null = null;
    for (let round = 0; round < rounds; round++) {
      const put = await Promise.all(
        crashItems(round).map(async ({ name, body }) => {
          const stored = await writer.putItem({ readable: { format: 'mime', body } });
          return crashRow(name, stored.ref, body.length);
        }),
      );
      await writer.flush();
      said.items.push(...put.map(({ key, ref }) => ({ name: key, ref })));
      const snapshot = await writer.commitSnapshot({
        mailboxId: 'crash',
        base,
        takenAt: systemClock.now(),
        note: {},
        folders: [],
        put,
        remove: [],
      });
      base = snapshot.id;
      said.snapshots.push({ id: snapshot.id, items: snapshot.items });
    }
    said.done = true;
  } catch (err) {
    assert.ok(dead, `failed by itself: ${err}`);
  }
  return { objects: new Map(target.objects), said, keys };
}

/** At most `max` of the values, at even distances, first and last among them. */
function spread<T>(values: readonly T[], max: number): T[] {
  if (values.length <= max) return [...values];
  return Array.from(
    { length: max },
    (_, index) => values[Math.round((index * (values.length - 1)) / (max - 1))]!,
  );
}
