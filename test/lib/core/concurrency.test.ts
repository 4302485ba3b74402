import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mapLimited, sleep } from '#lib/core/concurrency.ts';

describe('mapLimited', () => {
  it('throws the first failure once nothing is in flight any more, and starts nothing after it', async () => {
    const started: number[] = [];
    const ended: number[] = [];
    const task = async (value: number) => {
      started.push(value);
      await sleep(value * 10);
      ended.push(value);
      if (value < 3) throw new Error(`failed ${value}`);
    };
    await assert.rejects(mapLimited([1, 2, 3, 4, 5], 3, task), /failed 1/);
    assert.deepEqual(started, [1, 2, 3]);
    assert.deepEqual(ended, [1, 2, 3]);
  });

  it('keeps the order and no more than its width in flight', async () => {
    let inFlight = 0;
    let peak = 0;
    const doubled = await mapLimited([3, 1, 2], 2, async (value) => {
      peak = Math.max(peak, ++inFlight);
      await sleep(value);
      inFlight--;
      return value * 2;
    });
    assert.deepEqual([doubled, peak], [[6, 2, 4], 2]);
  });
});
