import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  canonicalJson,
  dayHash,
  inputHash,
  type PeriodSeal,
  periodHash,
  verifyChain,
} from '#lib/billing/chain.ts';
import { nextPeriod } from '#lib/billing/days.ts';

function chainOf(periods: readonly string[]): (PeriodSeal & { hash: string })[] {
  const links: (PeriodSeal & { hash: string })[] = [];
  for (const period of periods) {
    const seal: PeriodSeal = {
      prev: links.at(-1)?.hash ?? null,
      accountId: 'account',
      period,
      planId: 'plan',
      planVersion: 1,
      inputHash: inputHash([]),
      quantities: { 'protected-mailboxes': 3, 'sealed-mailboxes': 0, 'stored-gib': 1 },
      amount: '7.50',
    };
    links.push({ ...seal, hash: periodHash(seal) });
  }
  return links;
}

describe('the hash chain of closed periods', () => {
  it('is the same for the same facts in any order', () => {
    const rows = [
      { subject: 'b', state: 'free' as const, reason: 'room' as const },
      { subject: 'a', state: 'protected' as const, reason: null },
    ];
    assert.equal(dayHash(rows), dayHash(rows.toReversed()));
    assert.notEqual(dayHash(rows), dayHash(rows.slice(1)));
    const days = [
      { tenantId: 't', day: '2026-11-02', hash: 'x', physicalBytes: 1, trial: false },
      { tenantId: 't', day: '2026-11-01', hash: 'y', physicalBytes: 1, trial: true },
    ];
    assert.equal(inputHash(days), inputHash(days.toReversed()));
    assert.equal(
      canonicalJson({ b: [1, { d: null, c: 'ü' }], a: true, e: undefined }),
      '{"a":true,"b":[1,{"c":"ü","d":null}]}',
    );
  });

  it('keeps its form: hashes that were given out stay checkable', () => {
    assert.equal(
      dayHash([{ subject: 'a', state: 'protected', reason: null }]),
      '05a2e9bf3a7680ba65409dad520ec1b0444ec898033901aacb80037a4df465cd',
    );
    assert.equal(
      chainOf(['2026-10', '2026-11']).at(-1)!.hash,
      '3a4ef21218c6b8c7e7d3f6e8a062569047dbab5a653ce813b63b00754e8ec3f6',
    );
  });

  it('holds where nothing was touched', () => {
    assert.deepEqual(verifyChain(chainOf(['2026-11', '2026-12', '2027-01']), nextPeriod), []);
  });

  it('names what was changed, left out or put in', () => {
    const chain = chainOf(['2026-10', '2026-11', '2026-12']);
    const changed = chain.map((link) => ({ ...link }));
    changed[1]!.amount = '7.49';
    assert.deepEqual(verifyChain(changed, nextPeriod), [
      { period: '2026-11', finding: 'wrong-hash' },
    ]);
    const forged = changed.map((link) => ({ ...link }));
    const { hash: _, ...seal } = forged[1]!;
    forged[1]!.hash = periodHash(seal);
    assert.deepEqual(verifyChain(forged, nextPeriod), [
      { period: '2026-12', finding: 'broken-link' },
    ]);
    assert.deepEqual(verifyChain([chain[0]!, chain[2]!], nextPeriod), [
      { period: '2026-12', finding: 'broken-link' },
      { period: '2026-12', finding: 'missing-period' },
    ]);
  });
});
