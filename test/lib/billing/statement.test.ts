import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { canonicalJson, sha256 } from '#lib/billing/chain.ts';
import { rate } from '#lib/billing/rate.ts';
import {
  makeStatement,
  type StatementInput,
  statementCsv,
  statementJson,
  statementSums,
} from '#lib/billing/statement.ts';
import { statementPdf } from '#lib/billing/statement-pdf.ts';
import { everyDay, plainTerms } from './samples.ts';

const gib = 2 ** 30;
const days = [
  ...everyDay('t-1', '2026-11', 30, { protected: 10, sealed: 1, physicalBytes: 150 * gib }),
  ...everyDay('t-2', '2026-11', 15, { protected: 3 }),
  ...everyDay('t-3', '2026-11', 30, { protected: 1 }),
];

function inputWith(
  names: Record<string, string>,
  change: Partial<StatementInput> = {},
): StatementInput {
  return {
    msp: { id: 'msp', name: 'Northwind IT' },
    account: { id: 'account', name: 'Northwind IT' },
    plan: { name: 'Standard', version: 2 },
    rating: rate(days, { ...plainTerms, minimum: '50' }, '2026-11'),
    adjustments: [
      {
        period: '2026-10',
        dimension: 'protected-mailboxes',
        quantity: -1,
        amount: '-2.50',
        customers: [{ tenantId: 't-2', quantity: -1, amount: '-2.50' }],
      },
    ],
    customers: Object.entries(names).map(([tenantId, name]) => ({
      tenantId,
      name,
      externalId: tenantId === 't-1' ? 'CW-1001' : null,
    })),
    seal: { hash: 'a'.repeat(64), prev: null, closedAt: '2026-12-01T02:40:00.000Z' },
    invoiceNumber: 'HF-0001',
    ...change,
  };
}
const names = { 't-1': 'Contoso', 't-2': 'Fabrikam' };

/** What a spreadsheet makes of a file: cells, with their quotes taken off. */
function cellsOf(csv: string): string[][] {
  return csv
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split('\r\n')
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((match) =>
        (match[1] ?? match[2] ?? '').replaceAll('""', '"'),
      ),
    );
}

describe('a statement', () => {
  it('sums to the rating and its adjustments, to the cent', () => {
    const statement = makeStatement(inputWith(names));
    assert.equal(statement.total, '47.50');
    assert.deepEqual(
      statementSums(statement).map((sum) => [sum.sku, sum.quantity, sum.amount]),
      [
        ['HF-PROTECTED', 13, '32.50'],
        ['HF-SEALED', 1, '0.75'],
        ['HF-STORAGE', 10, '0.50'],
        ['HF-MINIMUM', 0, '16.25'],
        ['HF-PROTECTED-ADJUSTMENT', -1, '-2.50'],
      ],
    );
  });

  it('is the same for the same facts, and its hash can be computed again', () => {
    const statement = makeStatement(inputWith(names));
    assert.deepEqual(makeStatement(inputWith(names)), statement);
    const { hash, ...content } = JSON.parse(statementJson(statement));
    assert.equal(sha256(canonicalJson(content)), hash);
    assert.notEqual(makeStatement(inputWith({ ...names, 't-1': 'Contoso Ltd' })).hash, hash);
    assert.deepEqual(statementPdf(statement), statementPdf(makeStatement(inputWith(names))));
  });

  it('names a customer that is no longer there, and bills it', () => {
    const gone = makeStatement(inputWith(names)).rows.filter((row) => row.tenantId === 't-3');
    assert.ok(gone.length > 0);
    assert.equal(gone[0]!.clientName, 'A customer that is no longer here');
  });

  it('shows a reader his own customers only, and says that it is in part', () => {
    const statement = makeStatement(inputWith(names, { only: new Set(['t-2']) }));
    assert.ok(statement.rows.every((row) => row.tenantId === 't-2'));
    assert.equal(statement.complete, false);
    assert.ok(!statementJson(statement).includes('Contoso'));
  });

  it('has the columns that agreements are fed with', () => {
    const [head, ...rows] = cellsOf(statementCsv(makeStatement(inputWith(names))));
    assert.equal(
      head!.join(','),
      'period,msp,client_external_id,client_name,tenant_id,sku,description,quantity,unit,unit_price,amount,currency,peak,average,first_day,last_day,statement_hash',
    );
    const row = rows.find((cells) => cells[3] === 'Fabrikam' && cells[5] === 'HF-PROTECTED')!;
    assert.deepEqual(row.slice(0, 16), [
      '2026-11',
      'Northwind IT',
      '',
      'Fabrikam',
      't-2',
      'HF-PROTECTED',
      'Protected mailboxes',
      '2',
      'mailbox',
      '2.50',
      '3.90',
      'USD',
      '3',
      '1.50',
      '2026-11-01',
      '2026-11-15',
    ]);
    const correction = rows.find((cells) => cells[5] === 'HF-PROTECTED-ADJUSTMENT')!;
    assert.equal(correction[10], '-2.50');
  });

  it('has no cell that a spreadsheet takes for a formula, whatever a customer calls itself', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc
        .tuple(
          fc.constantFrom(
            '',
            ' ',
            '\t',
            '\r\n',
            '\u00a0',
            '\ufeff',
            'a;',
            'a; ',
            '"',
            '";',
            'x|',
            '\u2028',
          ),
          fc.constantFrom('=', '+', '-', '@', '＝', '＋', '－', '＠'),
          fc.constantFrom('1+1', 'cmd|/C calc!A0', 'HYPERLINK("https://x.example")', ''),
        )
        .map((parts) => parts.join('')),
    );
    const number = /^-?\d+(\.\d+)?$/;
    fc.assert(
      fc.property(hostile, hostile, (name, externalId) => {
        const input = inputWith({ 't-1': name, 't-2': name });
        input.customers = input.customers.map((customer) => ({ ...customer, externalId }));
        const csv = statementCsv(makeStatement(input));
        assert.equal(csv.split('\r\n').length - 1, makeStatement(input).rows.length + 1);
        for (const separator of [/,/, /;/, /\t/, /\|/]) {
          const cells =
            separator.source === ','
              ? cellsOf(csv).flat()
              : csv.split('\r\n').flatMap((line) => line.split(separator));
          for (const cell of cells) {
            if (number.test(cell)) continue;
            assert.ok(!/^[\s\u00a0\ufeff]*[=+\-@＝＋－＠]/.test(cell), JSON.stringify(cell));
          }
        }
      }),
      { seed: 20_261, numRuns: 300 },
    );
  });
});

describe('a statement on paper', () => {
  const read = (pdf: Uint8Array) => {
    const file = Buffer.from(pdf).toString('latin1');
    return [...file.matchAll(/<([0-9a-f]*)> Tj/g)]
      .map((match) => new TextDecoder('windows-1252').decode(Buffer.from(match[1]!, 'hex')))
      .join('\n');
  };

  it('has every customer, the total, and the hash on each page', () => {
    const statement = makeStatement(inputWith(names));
    const words = read(statementPdf(statement));
    for (const part of [
      'Contoso (CW-1001)',
      'Fabrikam',
      '47.50 USD',
      `SHA-256 ${statement.hash}`,
    ]) {
      assert.ok(words.includes(part), part);
    }
  });

  it('loses no name, whatever its script', () => {
    const words = read(
      statementPdf(
        makeStatement(inputWith({ 't-1': '山田商事', 't-2': 'Škoda & Łódź', 't-3': 'مرحبا' })),
      ),
    );
    assert.ok(words.includes('[5C71 7530'), words);
    assert.ok(words.includes('Škoda & [0141]ódz'), words);
    assert.match(words, /\[0645/);
    assert.match(words, /written as their numbers in Unicode/);
  });

  it('survives any name at all, on as many pages as it takes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
        const pdf = statementPdf(makeStatement(inputWith({ 't-1': name, 't-2': name })));
        assert.equal(Buffer.from(pdf.slice(0, 5)).toString(), '%PDF-');
      }),
      { seed: 20_261, numRuns: 30 },
    );
    const many = Array.from({ length: 80 }, (_, index) =>
      everyDay(`t-${String(index).padStart(3, '0')}`, '2026-11', 30, { protected: 5, sealed: 1 }),
    ).flat();
    const rating = rate(many, plainTerms, '2026-11');
    const customers = rating.lines[0]!.shares.map(({ tenantId }) => ({
      tenantId,
      name: `Customer ${tenantId}`,
      externalId: null,
    }));
    const pdf = statementPdf(makeStatement(inputWith({}, { rating, customers, adjustments: [] })));
    const words = read(pdf);
    assert.ok(words.includes('Customer t-079'));
    const pages = words.match(/Page \d+ of (\d+)/)!;
    assert.equal(words.split('SHA-256').length - 1, Number(pages[1]));
  });

  it('has offsets that readers can follow', () => {
    const file = Buffer.from(statementPdf(makeStatement(inputWith(names)))).toString('latin1');
    const start = Number(/startxref\n(\d+)/.exec(file)![1]);
    assert.equal(file.slice(start, start + 4), 'xref');
    const offsets = [...file.slice(start).matchAll(/(\d{10}) 00000 n/g)].map((match) =>
      Number(match[1]),
    );
    for (const [index, offset] of offsets.entries()) {
      assert.ok(file.slice(offset).startsWith(`${index + 1} 0 obj`));
    }
    for (const match of file.matchAll(/\/Length (\d+) >>\nstream\n/g)) {
      const begin = match.index + match[0].length;
      assert.ok(file.slice(begin + Number(match[1])).startsWith('\nendstream'));
    }
  });
});
