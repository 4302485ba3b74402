import assert from 'node:assert/strict';
import { it } from 'node:test';
import { namesOf } from '#app/_mail/names.ts';

it('people are shown by name, and by address only where there is no name', () => {
  for (const [header, shown] of [
    ['Adele Vance <adele@contoso.example>', 'Adele Vance'],
    [
      '"Nowak, Marek" <marek@contoso.example>, Ines Berger <i@c.example>',
      'Nowak, Marek, Ines Berger',
    ],
    ['<only@contoso.example>', 'only@contoso.example'],
    ['only@contoso.example', 'only@contoso.example'],
    ['', ''],
  ] as const) {
    assert.equal(namesOf(header), shown);
  }
});
