import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cardLine } from '#app/_mail/card-line.ts';
import { contactAsVcf, eventAsIcs, taskAsIcs } from '#lib/exchange/calendar-text.ts';
import { itemKinds } from '#lib/exchange/item.ts';
import { detailsOf } from '#lib/exchange/item-details.ts';
import { factsOfJson } from '#lib/exchange/json-facts.ts';
import { jsonItem } from '#lib/exchange/json-message.ts';
import { previewItem } from '#lib/exchange/preview.ts';
import { MemoryVault } from '#test/kit/memory-vault.ts';

const evil = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    'a\r\nBEGIN:VALARM',
    'x\nATTENDEE:mailto:a@b',
    'W. Europe"\r\nX:1',
    '\ud800',
    '2026-11-25T10:00:00Z',
    'html',
    '<b>x</b>\u0000',
  ),
  fc.integer(),
  fc.constant(null),
);
const deep = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    evil,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        'emailAddress',
        'name',
        'address',
        'dateTime',
        'timeZone',
        'content',
        'contentType',
        'pattern',
        'range',
        'type',
        'daysOfWeek',
        'id',
        'value',
        'toString',
        'valueOf',
        'interval',
        'dayOfMonth',
        'month',
      ),
      tie('value'),
      { maxKeys: 4 },
    ),
  ),
})).value;
const fields = fc.constantFrom(
  'subject',
  'title',
  'displayName',
  'body',
  'start',
  'end',
  'location',
  'organizer',
  'attendees',
  'categories',
  'recurrence',
  'isAllDay',
  'emailAddresses',
  'homePhones',
  'businessAddress',
  'birthday',
  'dueDateTime',
  'status',
  'iCalUId',
  'singleValueExtendedProperties',
  'lastModifiedDateTime',
  'attachments',
  'sensitivity',
);
const item = fc.oneof(fc.dictionary(fields, deep, { maxKeys: 10 }), fc.jsonValue());

describe('JSON of hostile origin', () => {
  it('gives facts of bounded size, whatever it holds', () => {
    fc.assert(
      fc.property(item, fc.constantFrom(...itemKinds), (json, kind) => {
        const facts = factsOfJson(kind, json);
        assert.ok(facts.subject.length <= 1000 && facts.sender.length <= 1000);
        assert.ok(facts.recipients.length <= 4000);
        assert.match(facts.contentId, /^[0-9a-f]{64}$/);
        for (const text of [facts.subject, facts.sender, facts.recipients]) {
          assert.ok(text.isWellFormed());
          assert.doesNotMatch(text, /\p{Cc}/u);
        }
        // Postgres takes no NUL and no half character in JSON either, and a list must stay small.
        const card = JSON.stringify(facts.card);
        assert.ok(card.length < 4000);
        assert.doesNotMatch(card, /\\u(?:0000|d[89a-f])/);
        if (facts.card !== null) assert.ok(cardLine(facts.card).isWellFormed());
        jsonItem(kind, json, 'key');
      }),
      { numRuns: 300 },
    );
  });

  it('is shown as text, whatever it holds', async () => {
    const kinds = fc.constantFrom(...itemKinds.filter((kind) => kind !== 'message'));
    await fc.assert(
      fc.asyncProperty(item, kinds, async (json, kind) => {
        const vault = new MemoryVault();
        const body = Buffer.from(JSON.stringify(json));
        const { ref } = await vault.putItem({ readable: { format: 'json', body } });
        const shown = await previewItem(vault, ref, kind);
        assert.ok(shown!.text.isWellFormed());
        for (const { name, bytes } of shown!.attachments) assert.ok(name !== '' && bytes >= 0);
      }),
      { numRuns: 300 },
    );
  });

  it('is not taken at its word where that is the name of something each object has', () => {
    for (const word of Object.getOwnPropertyNames(Object.prototype)) {
      const task = taskAsIcs({ title: 'x', status: word }, 'uid');
      assert.doesNotMatch(task, /STATUS|function/);
      const recurrence = { pattern: { type: word, daysOfWeek: [word], index: word } };
      assert.doesNotMatch(eventAsIcs({ recurrence }, 'uid'), /RRULE|function/);
      const known = { type: 'relativeMonthly', daysOfWeek: [word, 'monday'], index: word };
      const event = { recurrence: { pattern: known } };
      assert.match(eventAsIcs(event, 'uid'), /RRULE:FREQ=MONTHLY;INTERVAL=1;BYDAY=1MO\r\n/);
      const attendees = [{ emailAddress: { address: 'a@b' }, status: { response: word } }];
      const details = detailsOf('event', { attendees });
      assert.equal(details?.kind === 'event' && details.invited[0]?.answer, 'none', word);
    }
  });

  it('cannot add a line to a calendar or a card', () => {
    const calendarNames =
      /^(BEGIN:(VCALENDAR|VEVENT|VTODO)|END:(VCALENDAR|VEVENT|VTODO)|VERSION|PRODID|UID|DTSTAMP|DTSTART|DTEND|DUE|SUMMARY|DESCRIPTION|LOCATION|ORGANIZER|ATTENDEE|CATEGORIES|RRULE|TRANSP|CLASS|STATUS|PRIORITY)[:;]?/;
    const cardNames =
      /^(BEGIN:VCARD|END:VCARD|VERSION|FN|N|ORG|TITLE|EMAIL|TEL|ADR|BDAY|NOTE|CATEGORIES)[:;]?/;
    fc.assert(
      fc.property(item, (json) => {
        for (const [text, names] of [
          [eventAsIcs(json, 'uid'), calendarNames],
          [taskAsIcs(json, 'uid'), calendarNames],
          [contactAsVcf(json), cardNames],
        ] as const) {
          const lines = text.split('\r\n');
          assert.equal(lines.pop(), '');
          assert.equal(
            lines.filter((line) => /^BEGIN:/.test(line)).length,
            lines.filter((line) => /^END:/.test(line)).length,
          );
          for (const line of lines) {
            assert.ok(Buffer.byteLength(line) <= 75, line);
            assert.doesNotMatch(line, /\p{Cc}/u);
            if (!line.startsWith(' ')) assert.match(line, names);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
