import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clientAddress, Strangers } from '#lib/auth/strangers.ts';
import { AppError, isAppError } from '#lib/core/errors.ts';

describe('requests that nobody knows', () => {
  function house() {
    let ms = 0;
    let looks = 0;
    const strangers = new Strangers({ now: () => new Date(), monotonicMs: () => ms });
    const ask = (address: string, secret: string, found: unknown = null) =>
      strangers.ask({ address, secret }, async () => {
        looks++;
        if (found instanceof Error) throw found;
        return found;
      });
    const drain = async (address: string, found: unknown = null) => {
      for (let n = 0; n < 1000; n++) {
        const ended = await ask(address, `${address} ${n}`, found).catch((err) => err);
        if (ended instanceof AppError && ended.code === 'too-many') return n;
      }
      return 1000;
    };
    return {
      ask,
      drain,
      looks: () => looks,
      advance: (by: number) => {
        ms += by;
      },
    };
  }

  it('of one address find nothing so often and no more, before anything is looked up', async () => {
    const { drain, ask, looks, advance } = house();
    const most = await drain('192.0.2.1');
    assert.equal(most, 240);
    assert.equal(looks(), 240);
    await assert.rejects(ask('192.0.2.1', 'x'), (err) => {
      assert.ok(isAppError(err, 'too-many'));
      return err.retryAfterMs! > 0 && err.retryAfterMs! <= 250;
    });
    assert.equal(looks(), 240);
    await ask('192.0.2.2', 'x');
    advance(1000);
    assert.equal(await drain('192.0.2.1'), 4);
    advance(3_600_000);
    assert.equal(await drain('192.0.2.1'), 240);
  });

  it('errors that say it opens nothing count, and those that say otherwise do not', async () => {
    const says = (code: 'unauthenticated' | 'not-found' | 'expired' | 'conflict') =>
      new AppError(code, 'No.');
    for (const code of ['unauthenticated', 'not-found'] as const) {
      assert.equal(await house().drain('a', says(code)), 240);
    }
    const damaged = new AppError('consent.refused', 'No.', { data: { refusal: 'damaged' } });
    assert.equal(await house().drain('a', damaged), 240);
    const expired = new AppError('consent.refused', 'No.', { data: { refusal: 'expired' } });
    for (const err of [says('expired'), says('conflict'), expired, new Error('down')]) {
      assert.equal(await house().drain('a', err), 1000);
    }
    assert.equal(await house().drain('a', { found: true }), 1000);
  });

  it('who was known a moment ago goes on behind an address that others have used up', async () => {
    const { ask, drain, advance } = house();
    await ask('192.0.2.1', 'good', {});
    await drain('192.0.2.1');
    await ask('192.0.2.1', 'good', {});
    await assert.rejects(ask('192.0.2.1', 'another', {}), { code: 'too-many' });
    // Taken back meanwhile: it may say so once.
    assert.equal(await ask('192.0.2.1', 'good'), null);
    await assert.rejects(ask('192.0.2.1', 'good', {}), { code: 'too-many' });
    advance(11 * 60_000);
    await ask('192.0.2.1', 'good', {});
  });

  it('who is known does not fill up what others have used, whatever becomes of their requests', async () => {
    const { ask, drain } = house();
    await ask('192.0.2.1', 'good', {});
    await drain('192.0.2.1');
    const conflict = new AppError('conflict', 'No.');
    for (const found of [{}, conflict, new Error('down')]) {
      await ask('192.0.2.1', 'good', found).catch(() => {});
      await assert.rejects(ask('192.0.2.1', 'x'), { code: 'too-many' });
    }
  });

  it('what comes at once counts at once', async () => {
    const { ask } = house();
    const ends = await Promise.allSettled(
      Array.from({ length: 300 }, (_, n) => ask('192.0.2.1', String(n))),
    );
    assert.equal(ends.filter(({ status }) => status === 'fulfilled').length, 240);
  });

  it('an address of IPv6 stands for all that share its first half, however it is written', async () => {
    for (const [one, same, other] of [
      ['2001:db8:0:1::1', '2001:0DB8::1:2:3:4:5', '2001:db8:0:2::1'],
      ['fe80::1%eth0', 'fe80:0:0:0:9::', 'fe80:0:0:1::'],
      ['::ffff:192.0.2.1', '192.0.2.1', '192.0.2.2'],
      ['::1', '0:0:0:0:0:0:0:1', '1::1'],
    ] as const) {
      const { ask, drain } = house();
      await drain(one);
      await assert.rejects(ask(same, 'x'), { code: 'too-many' }, same);
      await ask(other, 'x');
    }
  });

  it('a million addresses are not remembered', async () => {
    const { ask, drain } = house();
    await drain('192.0.2.1');
    for (let n = 0; n < 20_000; n++) await ask(`198.51.100.${n}`, 'x');
    await ask('192.0.2.1', 'x');
  });
});

describe('the address of a client', () => {
  it('is whoever holds the connection, whatever they say, unless a proxy of ours does', () => {
    assert.equal(clientAddress('192.0.2.1', undefined, 0), '192.0.2.1');
    assert.equal(clientAddress('192.0.2.1', '203.0.113.9', 0), '192.0.2.1');
    assert.equal(clientAddress('10.0.0.1', '6.6.6.6, 203.0.113.9', 1), '203.0.113.9');
    assert.equal(clientAddress('10.0.0.1', ['6.6.6.6', '203.0.113.9,10.0.0.2'], 2), '203.0.113.9');
    // Fewer have written than there should be: the one furthest away that was written.
    assert.equal(clientAddress('10.0.0.1', undefined, 1), '10.0.0.1');
    assert.equal(clientAddress('10.0.0.1', '203.0.113.9', 5), '203.0.113.9');
    assert.equal(clientAddress('10.0.0.1', '203.0.113.9:4711', 1), '203.0.113.9');
    assert.equal(clientAddress('10.0.0.1', '[2001:db8::1]:4711', 1), '2001:db8::1');
  });
});
