import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { outcomeTexts } from '../../app/_texts/fleet.ts';
import { cellGlyphs } from '../../app/(portal)/coverage/parts/glyphs.ts';
import {
  type MatrixFrame,
  outcomeLetters,
  rowMarkup,
} from '../../app/(portal)/coverage/parts/row-markup.ts';
import { dayOutcomes } from '../../lib/services/coverage/rules.ts';

describe('a row of the matrix as text', () => {
  const frame = (names: string[], sums = false): MatrixFrame => ({
    days: names.map((name, index) => ({ date: `2026-11-${21 + index}`, name })),
    words: outcomeTexts,
    glyphs: cellGlyphs,
    dayHref: '/customers/ID/runs?day=DATE',
    sums,
  });
  const row = { id: '1', name: 'Contoso', href: '/customers/1', now: '', good: 1, of: 2 };
  const hostile = `</a><script>alert(1)</script>' onfocus='alert(2) "&`;

  it('holds names as text, whatever they are', () => {
    const markup = rowMarkup(
      { ...row, id: hostile, name: hostile, href: hostile, now: hostile, outcomes: 'X' },
      frame([hostile], true),
      true,
    );
    assert.doesNotMatch(markup, /<script|' onfocus/);
    assert.match(markup, />&#60;\/a&#62;&#60;script&#62;/);
  });

  it('has a link with words in each cell, and one stop of the Tab key', () => {
    const outcomes = outcomeLetters(['failed', 'good']);
    const days = frame(['Sat 21 Nov', 'Sun 22 Nov']);
    const markup = rowMarkup({ ...row, outcomes, now: ', 3 of 3 covered' }, days, true);
    assert.equal(markup.match(/tabindex='0'/g)?.length, 1);
    assert.match(
      markup,
      /href='\/customers\/1\/runs\?day=2026-11-21' aria-label='Contoso, Sat 21 Nov, failed' class='cell cell-failed' tabindex='-1'/,
    );
    assert.match(markup, /aria-label='Contoso, Sun 22 Nov, good, 3 of 3 covered'/);
    assert.match(markup, /<td><a [^>]*data-cell='good'><\/a><\/td>$/);
  });

  it('knows every outcome by its letter', () => {
    const names = dayOutcomes.map((_, index) => `day ${index}`);
    const markup = rowMarkup(
      { ...row, outcomes: outcomeLetters(dayOutcomes) },
      frame(names),
      false,
    );
    for (const outcome of dayOutcomes)
      assert.match(markup, new RegExp(`, ${outcomeTexts[outcome]}' class='cell cell-${outcome}'`));
  });
});
