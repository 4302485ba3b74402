import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { csvFile, csvStream } from '#app/_server/csv.ts';
import { csvCell } from '#lib/core/csv.ts';

describe('cells of CSV', () => {
  const cells: [string, string | number, string][] = [
    ['a word', 'Contoso', 'Contoso'],
    ['a comma', 'Contoso, Inc', '"Contoso, Inc"'],
    ['a quote', 'the "best"', '"the ""best"""'],
    ['a negative number', -2.5, '-2.5'],
    ['a formula', '=1+1', "'=1+1"],
    ['a formula after blanks', ' \u00a0\ufeff=1+1', "' \u00a0\ufeff=1+1"],
    ['a formula after a tab', '\t=1+1', "' =1+1"],
    ['a formula in full width', '＝1+1', "'＝1+1"],
    ['a formula behind a semicolon', 'a; =1+1', '"a; \'=1+1"'],
    ['a formula on a second line', 'a\r\n=1+1', 'a =1+1'],
  ];
  for (const [name, value, cell] of cells) {
    it(`${name} is text, or the number it is`, () => assert.equal(csvCell(value), cell));
  }

  it('files and streams of the portal write no formula either', async () => {
    const hostile = ' ＝HYPERLINK("http://x")';
    const written = '"\' ＝HYPERLINK(""http://x"")"';
    const file = await csvFile('a.csv', [[hostile, 1]]).text();
    assert.equal(file, `${written},1\r\n`);
    async function* pages() {
      yield [[hostile, 2]];
    }
    const stream = await csvStream('b.csv', ['name', 'count'], pages()).text();
    assert.equal(stream, `name,count\r\n${written},2\r\n`);
  });
});
