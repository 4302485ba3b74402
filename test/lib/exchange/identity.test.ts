import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { jsonContentId, messageContentId, messageGist } from '#lib/exchange/identity.ts';
import {
  type MimeFacts,
  MimeReader,
  parseDate,
  parseParameters,
} from '#lib/exchange/mime-facts.ts';

function facts(mime: string | Buffer, cut = 1_000_000): MimeFacts {
  const reader = new MimeReader();
  const bytes = Buffer.isBuffer(mime) ? mime : Buffer.from(mime, 'utf8');
  for (let at = 0; at < bytes.length; at += cut) reader.push(bytes.subarray(at, at + cut));
  return reader.end();
}

const pdf = Buffer.from('%PDF-1.7 Rechnung').toString('base64');

function message(boundary: string, headers: string[], wrap = 76): string {
  const encoded = pdf.replace(new RegExp(`.{1,${wrap}}`, 'g'), '$&\r\n');
  return [
    ...headers,
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    '',
    'preamble',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'Gr=C3=BC=C3=9Fe an =',
    'alle',
    `--${boundary}`,
    "Content-Type: application/pdf; name*0*=utf-8''Rechnung%20f; name*1*=%C3%BCr.pdf",
    'Content-Disposition: attachment',
    'Content-Transfer-Encoding: base64',
    '',
    `${encoded}--${boundary}--`,
    'epilogue',
    '',
  ].join('\r\n');
}

const headers = [
  'Message-ID: <a@b>',
  'Date: Wed, 25 Nov 2026 10:00:00 +0100 (CET)',
  'From: =?utf-8?Q?J=C3=B6rg?= <Joerg@Example.com>',
  'To: "Berg, Jon" <jon@example.com>, mira@example.com',
  'Subject: =?utf-8?B?R3LDvMOf?= =?utf-8?B?ZQ==?=',
];

describe('what a message says about itself', () => {
  it('is read from headers and leaves', () => {
    const found = facts(message('b1', headers));
    assert.equal(found.subject, 'Grüße');
    assert.equal(found.sender, 'Jörg <Joerg@Example.com>');
    assert.match(found.recipients, /jon@example\.com.*mira@example\.com/);
    assert.equal(found.date?.toISOString(), '2026-11-25T09:00:00.000Z');
    assert.equal(found.internetMessageId, '<a@b>');
    assert.equal(found.hasAttachments, true);
    assert.deepEqual(
      found.parts.map(({ type, name, bytes }) => [type, name, bytes]),
      [
        ['text/plain', '', 'Grüße an alle'.length + 2],
        ['application/pdf', 'Rechnung für.pdf', 17],
      ],
    );
  });

  it('does not depend on how the bytes arrive', () => {
    const whole = message('b1', headers);
    for (const cut of [1, 2, 7, 64]) assert.deepEqual(facts(whole, cut), facts(whole));
  });

  it('any bytes at all are read without an error, and the same in any pieces', () => {
    const line = fc.oneof(
      fc.constantFrom(
        'Content-Type: multipart/mixed; boundary=x',
        'Content-Type: message/rfc822',
        'Content-Transfer-Encoding: base64',
        'Content-Transfer-Encoding: quoted-printable',
        '--x',
        '--x--',
        '',
        'Subject: =?utf-8?Q?=',
        '=',
        'YWJj',
      ),
      fc.string({ unit: 'binary', maxLength: 30 }),
    );
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 30 }),
        fc.integer({ min: 1, max: 9 }),
        (lines, cut) => {
          const bytes = Buffer.from(lines.join('\r\n'), 'latin1');
          assert.deepEqual(facts(bytes, cut), facts(bytes));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keeps a hostile message within bounds', () => {
    const long = `Subject: ${'a'.repeat(5_000_000)}\r\nFrom: ${'x@y, '.repeat(100_000)}\r\n\r\n${'z'.repeat(1_000_000)}`;
    const found = facts(long);
    assert.ok(found.subject.length <= 1000);
    assert.equal(found.parts.length, 1);
    const deep = Array.from(
      { length: 500 },
      (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`,
    ).join('');
    assert.ok(facts(deep).parts.length < 1000);
    assert.equal(facts('Subject: a\u0000b\u001b[31m\r\n\r\n').subject, 'a b [31m');
  });

  it('dates and parameters of all kinds', () => {
    assert.equal(parseDate('not a date'), null);
    assert.equal(parseDate('Mon, 1 Jan 1850 00:00:00 +0000'), null);
    assert.equal(parseDate(''), null);
    assert.deepEqual(
      [...parseParameters('Text/HTML; Charset="utf-8"; x=y; name="a;b\\"c"').parameters],
      [
        ['charset', 'utf-8'],
        ['x', 'y'],
        ['name', 'a;b"c'],
      ],
    );
  });
});

describe('identity by content', () => {
  const id = (mime: string) => messageContentId(facts(mime));

  it('survives MIME that Exchange made anew', () => {
    const original = id(message('b1', headers));
    assert.equal(id(message('other-boundary', [...headers].reverse())), original);
    assert.equal(id(message('b', ['Received: from x', 'X-MS-Trace: 1', ...headers], 40)), original);
    // Another transfer encoding of the same text.
    const recoded = message('b1', headers)
      .replace('quoted-printable', 'base64')
      .replace('Gr=C3=BC=C3=9Fe an =\r\nalle', Buffer.from('Grüße an alle\r\n').toString('base64'));
    assert.equal(id(recoded), original);
  });

  it('differs when anything that people read differs', () => {
    const original = id(message('b1', headers));
    assert.notEqual(id(message('b1', headers).replace('alle', 'Alle')), original);
    assert.notEqual(id(message('b1', headers).replace(pdf, `${pdf.slice(0, -4)}YWJj`)), original);
    assert.notEqual(id(message('b1', headers).replace('jon@', 'joe@')), original);
    assert.notEqual(id(message('b1', headers).replace('<a@b>', '<a@c>')), original);
    assert.notEqual(id(message('b1', headers).replace('Rechnung%20f', 'Rechnung%20g')), original);
  });

  it('the gist of a message does not see its headers and body', () => {
    const one = facts(message('b1', headers));
    const other = facts(
      message('b1', headers).replace('<a@b>', '<new@exchange>').replace('alle', 'a l l e'),
    );
    assert.equal(messageGist(one), messageGist(other));
    assert.notEqual(
      messageGist(one),
      messageGist(facts(message('b1', headers).replace(pdf, 'YWJj'))),
    );
  });

  it('of JSON does not depend on ids, times of change and the order of keys', () => {
    const event = {
      '@odata.etag': 'W/1',
      id: 'a',
      changeKey: 'x',
      subject: 'Lunch',
      start: { dateTime: '2026-11-25T12:00:00', timeZone: 'UTC' },
    };
    const moved = {
      start: { timeZone: 'UTC', dateTime: '2026-11-25T12:00:00' },
      subject: 'Lunch',
      id: 'b',
      iCalUId: 'new',
      lastModifiedDateTime: '2027-01-01T00:00:00Z',
    };
    assert.equal(jsonContentId(event), jsonContentId(moved));
    assert.notEqual(jsonContentId(event), jsonContentId({ ...moved, subject: 'Dinner' }));
    const note = (id: string, value: string) => ({
      singleValueExtendedProperties: [{ id, value }],
    });
    assert.equal(
      jsonContentId(note('String 0x0037', 'Note')),
      jsonContentId(note('String 0x37', 'Note')),
    );
    assert.notEqual(
      jsonContentId(note('String 0x37', 'Note')),
      jsonContentId(note('String 0x37', 'Other')),
    );
  });
});
