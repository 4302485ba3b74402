import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rowMarkup } from '../../app/(portal)/coverage/parts/row-markup.ts';

describe('a row of the matrix as text', () => {
  const day = { outcome: 'failed', href: '/x', stop: true, early: false } as const;
  const hostile = `</a><script>alert(1)</script>' onfocus='alert(2) "&`;

  it('holds names as text, whatever they are', () => {
    const markup = rowMarkup({
      name: hostile,
      href: hostile,
      days: [{ ...day, label: hostile }],
      sum: { good: 1, of: 2 },
    });
    assert.doesNotMatch(markup, /<script|' onfocus/);
    assert.match(markup, />&#60;\/a&#62;&#60;script&#62;/);
  });

  it('has a link with words in each cell, and one stop of the Tab key', () => {
    const markup = rowMarkup({
      name: 'Contoso',
      href: '/customers/1',
      days: [
        { ...day, label: 'Contoso, Sat 21 Nov, failed', stop: false, early: true },
        { ...day, label: 'Contoso, Sun 22 Nov, good', outcome: 'good' },
      ],
      sum: null,
    });
    assert.equal(markup.match(/tabindex='0'/g)?.length, 1);
    assert.match(markup, /aria-label='Contoso, Sat 21 Nov, failed'/);
    assert.match(markup, /<td class='p-0'><a [^>]*data-cell='good'><\/a><\/td>$/);
  });
});
