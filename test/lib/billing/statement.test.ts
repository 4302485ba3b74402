import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { canonicalJson, sha256 } from '#lib/billing/chain.ts';
import { pdfDocument } from '#lib/billing/pdf.ts';
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

  it('takes off what was given back, as a line of its own that is the account’s', () => {
    const credits = [
      { tenantId: null, reason: 'A slow night', amount: '5.00' },
      { tenantId: null, reason: 'A slow night', amount: '0.50' },
    ];
    const statement = makeStatement(inputWith(names, { credits }));
    assert.equal(statement.total, '42.00');
    const sum = statementSums(statement).find(({ sku }) => sku === 'HF-CREDIT');
    assert.deepEqual([sum?.description, sum?.amount], ['Credit: A slow night', '-5.50']);
    const only = new Set(['t-2']);
    assert.deepEqual(
      makeStatement(inputWith(names, { credits, only })).rows,
      makeStatement(inputWith(names, { only })).rows,
    );
    // One that pays for itself sees its own.
    const own = makeStatement(
      inputWith(names, { credits: [{ ...credits[0]!, tenantId: 't-2' }], only }),
    );
    assert.equal(own.rows.at(-1)?.clientName, 'Fabrikam');
    const formula = [{ ...credits[0]!, reason: '=1+1' }];
    assert.match(statementCsv(makeStatement(inputWith(names, { credits: formula }))), /Credit: =1/);
    // A statement without any is the one that it always was.
    assert.equal(
      makeStatement(inputWith(names, { credits: [] })).hash,
      makeStatement(inputWith(names)).hash,
    );
  });

  it('is the same for the same facts, and its hash can be computed again', () => {
    const statement = makeStatement(inputWith(names));
    assert.deepEqual(makeStatement(inputWith(names)), statement);
    const { hash, ...content } = JSON.parse(statementJson(statement));
    assert.equal(sha256(canonicalJson(content)), hash);
    assert.notEqual(makeStatement(inputWith({ ...names, 't-1': 'Contoso Ltd' })).hash, hash);
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
  it('is the same file for the same facts', async () => {
    const strange = { 't-1': 'Zażółć 山田', 't-2': 'Ελληνική नमस्ते' };
    const one = await statementPdf(makeStatement(inputWith(strange)));
    assert.deepEqual(await statementPdf(makeStatement(inputWith(strange))), one);
    assert.notDeepEqual(await statementPdf(makeStatement(inputWith({ 't-1': 'Contoso' }))), one);
  });

  it('survives any name at all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 120 }), async (name) => {
        const input = inputWith({ 't-1': name, 't-2': name });
        const pdf = await statementPdf(makeStatement(input));
        assert.equal(Buffer.from(pdf.slice(0, 5)).toString(), '%PDF-');
      }),
      { seed: 20_261, numRuns: 5 },
    );
  });
});

describe('the letters of a statement on paper', () => {
  const pdf = pdfDocument({ title: 'x', author: 'x', date: new Date(0) });
  for (const [script, name] of Object.entries({
    German: 'Müller & Söhne „Größe“ 5 €',
    Polish: 'Zażółć gęślą jaźń Łódź',
    Czech: 'Příliš žluťoučký kůň',
    Turkish: 'İstanbul Işık Şirketi ğ',
    Romanian: 'Știință și tehnică',
    Russian: 'Общество «Рога и Копыта» №1',
    Ukrainian: 'Ґанок і їжак',
    Serbian: 'Љубљана Ђорђе',
    Greek: 'Ελληνική Εταιρεία ΰ',
    Vietnamese: 'Công ty Cổ phần Đầu tư',
    Hindi: 'नमस्ते कंपनी',
  })) {
    it(`are there for ${script}`, () => assert.equal(pdf.has(name), true));
  }
  it('are numbers where the font has none, and nothing is hidden', () => {
    for (const name of ['山田商事', 'مرحبا', '\u202eevil', 'a\u0000b', '😀']) {
      assert.equal(pdf.has(name), false, name);
    }
    const [line] = pdf.wrap('山田商事 Ltd', 500, 9, 1);
    assert.equal(line, '山田商事 Ltd');
  });
});
