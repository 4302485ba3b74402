import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createTurns } from '#lib/core/turns.ts';

/** A task that ends when it is told to. */
function task() {
  let end = () => {};
  let begun = false;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    run: async () => {
      begun = true;
      await ended;
    },
    end: () => end(),
    get begun() {
      return begun;
    },
  };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

const me = { one: 'me', group: 'ours' };
const you = { one: 'you', group: 'ours' };

describe('turns', () => {
  it('let so many run at once, and of one person fewer', async () => {
    const turns = createTurns({ all: 3, each: 2, waiting: 10 });
    const mine = [task(), task(), task()];
    const yours = [task(), task()];
    const running = [
      ...mine.map(({ run }) => turns.take(me, run)),
      ...yours.map(({ run }) => turns.take(you, run)),
    ];
    await settled();
    assert.deepEqual(
      [...mine, ...yours].map(({ begun }) => begun),
      [true, true, false, true, false],
    );
    // Mine have had their share: the next place is yours, though I waited longer.
    yours[0]!.end();
    await settled();
    assert.deepEqual([mine[2]!.begun, yours[1]!.begun], [false, true]);
    mine[0]!.end();
    await settled();
    assert.equal(mine[2]!.begun, true);
    for (const one of [...mine, ...yours]) one.end();
    await Promise.all(running);
    await turns.take(me, async () => {});
  });

  it('go to the group that has the fewest at work, however many of another wait longer', async () => {
    const turns = createTurns({ all: 2, each: 2, waiting: 10 });
    const many = Array.from({ length: 6 }, task);
    const few = task();
    const running = [
      ...many.map(({ run }, index) => turns.take({ one: `clerk ${index}`, group: 'many' }, run)),
      turns.take({ one: 'clerk', group: 'few' }, few.run),
    ];
    await settled();
    assert.deepEqual([many.filter(({ begun }) => begun).length, few.begun], [2, false]);
    many[0]!.end();
    await settled();
    assert.deepEqual([many.filter(({ begun }) => begun).length, few.begun], [2, true]);
    for (const one of [...many, few]) one.end();
    await Promise.all(running);
  });

  it('let nobody wait behind too many of their own, and go on after a failure', async () => {
    const turns = createTurns({ all: 2, each: 1, waiting: 1 });
    const first = task();
    const running = [turns.take(me, first.run), turns.take(me, async () => 'second')];
    assert.equal(await turns.take(me, async () => 'third'), null);
    assert.equal(await turns.take(you, async () => 'yours'), 'yours');
    first.end();
    assert.equal((await Promise.all(running))[1], 'second');
    await assert.rejects(
      turns.take(me, async () => {
        throw new Error('broken');
      }),
    );
    assert.equal(await turns.take(me, async () => 'again'), 'again');
  });
});
