import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { excerptOf } from '#lib/services/search/excerpt.ts';

describe('the first words of a text', () => {
  it('are all of it where it is short, on one line', () => {
    assert.equal(excerptOf('  Dear\r\n\r\nInes,\0 the crane  '), 'Dear Ines, the crane');
    assert.equal(excerptOf(''), '');
  });

  it('end between two words, and say that there is more', () => {
    const text = 'harbour crane '.repeat(40);
    const excerpt = excerptOf(text);
    assert.ok(excerpt.endsWith('…') && excerpt.length <= 182);
    assert.match(excerpt, /^((harbour|crane) )+…$/);
  });

  it('are cut where nothing parts them, and never inside a character', () => {
    assert.equal(excerptOf('請'.repeat(400)), `${'請'.repeat(180)} …`);
    assert.equal(excerptOf(`x${'😀'.repeat(400)}`), `x${'😀'.repeat(89)} …`);
  });

  it('never hold half a word, whatever the text is', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-zäöü]{1,20}$/), { maxLength: 200 }), (list) => {
        const found = excerptOf(list.join(' ')).replace(' …', '').split(' ').filter(Boolean);
        assert.deepEqual(found, list.filter(Boolean).slice(0, found.length));
      }),
    );
  });
});
