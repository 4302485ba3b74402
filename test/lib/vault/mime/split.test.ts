import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  base64Lines,
  join,
  noise,
  type Piece,
  parts,
  samePieces,
  splitInSteps,
  splitWhole,
} from './mime-case.ts';

/** Splits whole and in steps, joins, compares everything; returns the pieces. */
function checked(message: string | Buffer, sizes: number[] = [1, 700, 3, 65_536]): Piece[] {
  const bytes = typeof message === 'string' ? Buffer.from(message, 'latin1') : message;
  const pieces = splitWhole(bytes);
  assert.ok(join(pieces, 1000).equals(bytes), 'joined differs from the message');
  assert.ok(samePieces(splitInSteps(bytes, sizes), pieces), 'steps change the parts');
  return pieces;
}

const text = (size: number) => 'The quick brown fox.\r\n'.repeat(Math.ceil(size / 22));

test('any bytes come back as they were, and steps of any size give the same parts', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 3000, size: 'max' }),
      fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 4 }),
      (bytes, sizes) => {
        checked(Buffer.from(bytes), sizes);
      },
    ),
    { seed: 11, numRuns: 200 },
  );
});

test('anything put together from the pieces of mail comes back as it was', () => {
  const eol = fc.constantFrom('\r\n', '\n', '\r', '\n\n', '\r\n\r\n', '');
  const word = fc.oneof(
    fc.constantFrom(
      'Content-Type: multipart/mixed; boundary=b',
      'content-type: multipart/alternative;\r\n\tboundary="bb"',
      'CONTENT-TYPE: multipart/related; boundary="b b\\"c"',
      'Content-Type: message/rfc822',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: base64',
      'Content-Transfer-Encoding:\r\n BASE64',
      '--b',
      '--b--',
      '--bb',
      '--bb--',
      '--b b"c',
      '--b \t',
      '--',
      '\n--',
      '\0',
      '=?utf-8?B?',
      '?=',
    ),
    fc.nat(2000).map((size) => noise(size, size).toString('base64')),
    fc
      .tuple(fc.nat(2000), fc.constantFrom(60, 64, 76), fc.constantFrom('\r\n', '\n'))
      .map(([size, length, end]) => base64Lines(noise(size + 1, size), length, end)),
    fc
      .tuple(fc.nat(2000), fc.constantFrom(60, 61, 76), fc.constantFrom('\r\n', '\n', ' '))
      .map(([size, length, end]) => {
        const body = base64Lines(noise(size + 1, size), length, end);
        return `--b\nContent-Transfer-Encoding: base64\n\n${body}`;
      }),
    fc.nat(800).map((size) => 'x'.repeat(size)),
  );
  let decoded = 0;
  const head = fc.constantFrom('', 'Content-Type: multipart/mixed; boundary=b\n\n');
  fc.assert(
    fc.property(
      head,
      fc.array(fc.tuple(word, eol), { maxLength: 30, size: 'max' }),
      fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 4 }),
      (head, words, sizes) => {
        for (const { encoding } of parts(checked(head + words.flat().join(''), sizes))) {
          if (encoding.kind === 'base64') decoded++;
        }
      },
    ),
    { seed: 12, numRuns: 400 },
  );
  assert.ok(decoded > 100, `only ${decoded} parts were decoded`);
});

test('one attachment gives one part, whatever stands around it and however it is folded', () => {
  const attachment = noise(100_001, 5);
  const mail = (boundary: string, body: string, eol: string, type: string) =>
    [
      'Received: from somewhere',
      `Content-Type: multipart/mixed; boundary="${boundary}"`,
      '',
      `--${boundary}`,
      'Content-Type: text/plain',
      '',
      'see attachment',
      `--${boundary}`,
      `Content-Type: ${type}; name=x`,
      'Content-Transfer-Encoding: base64',
      '',
      body,
      `--${boundary}--`,
      '',
    ].join(eol);
  const variants = [
    mail('a', base64Lines(attachment), '\r\n', 'application/pdf'),
    mail('_000_b', base64Lines(attachment, 60, '\n'), '\n', 'application/octet-stream'),
    mail('c', `${base64Lines(attachment, 72)}\r\n\r\n`, '\r\n', 'image/png'),
    mail('d', attachment.toString('base64'), '\r\n', 'application/pdf'),
    mail('e', base64Lines(attachment, 65_532), '\r\n', 'application/pdf'),
  ];
  for (const variant of variants) {
    const found = parts(checked(variant));
    assert.equal(found.length, 1);
    assert.ok(found[0]!.bytes.equals(attachment));
  }
});

test('a text is one part in every copy, whatever the headers of the copy', () => {
  const copies = ['mx1', 'mx2'].map((host) =>
    checked(`Received: by ${host}\r\nSubject: x\r\n\r\n${text(5000)}`),
  );
  const [a, b] = copies.map((pieces) => parts(pieces));
  assert.equal(a!.length, 1);
  assert.deepEqual(a, b);
});

test('base64 that stops being canonical ends its part there; the rest stays as it is', () => {
  const bytes = noise(30_000, 6);
  const good = base64Lines(bytes);
  const lines = good.split('\r\n');
  const head = 'Content-Transfer-Encoding: base64\r\n\r\n';
  const at = 200;
  const cases: Record<string, { body: string; decoded: number }> = {
    'a ragged line': { body: lines.with(at, lines[at]!.slice(4)).join('\r\n'), decoded: at + 1 },
    'a longer line': { body: lines.with(at, `${lines[at]}AAAA`).join('\r\n'), decoded: at },
    'an odd length': { body: lines.with(at, lines[at]!.slice(3)).join('\r\n'), decoded: at },
    'padding in the middle': {
      body: lines.with(at, `${lines[at]!.slice(0, 74)}==`).join('\r\n'),
      decoded: at,
    },
    'a foreign character': {
      body: lines.with(at, lines[at]!.replace(/./, '-')).join('\r\n'),
      decoded: at,
    },
    'another line end': {
      body: `${lines.slice(0, at).join('\r\n')}\n${lines.slice(at).join('\r\n')}`,
      decoded: at,
    },
    'a blank line': {
      body: `${lines.slice(0, at).join('\r\n')}\r\n\r\n${lines.slice(at).join('\r\n')}`,
      decoded: at,
    },
    'a NUL': { body: lines.with(at, lines[at]!.replace(/.$/, '\0')).join('\r\n'), decoded: at },
  };
  for (const [name, { body, decoded }] of Object.entries(cases)) {
    const found = parts(checked(head + body));
    assert.equal(found[0]!.encoding.kind, 'base64', name);
    const size = found[0]!.bytes.length;
    assert.ok(size > (decoded - 1) * 57 && size <= decoded * 57, `${name}: ${size}`);
    assert.ok(bytes.subarray(0, 100).equals(found[0]!.bytes.subarray(0, 100)), name);
    assert.equal(found[1]!.encoding.kind, 'identity', name);
  }
});

test('base64 with bits left over, or with a wrong padding, is not decoded at its end', () => {
  const head = 'Content-Transfer-Encoding: base64\n\n';
  for (const end of ['AB==', 'AAB=', 'A===', 'AAA', 'A=A=', '====']) {
    const found = parts(checked(`${head}${'QUJD'.repeat(200)}${end}\n`));
    for (const part of found) assert.ok(!part.bytes.includes(0), end);
  }
});

test('an empty part, a part without header or blank line, and a truncated message pass', () => {
  const open = 'Content-Type: multipart/mixed; boundary=b\r\n\r\n';
  for (const body of [
    '--b\r\n--b\r\n--b--\r\n',
    '--b\r\n\r\n--b--',
    '--b\r\nContent-Type: text/plain\r\n--b--',
    '--b\r\nContent-Type: text/plain',
    '--b\r\n',
    '--b',
    '--',
    '\r\n--b\r\n\r\n\r\n--b--\r\nepilogue',
    '',
  ]) {
    checked(open + body, [1]);
  }
  checked('');
  checked('\n');
  checked('\r');
  checked('\r\n\r\n');
  checked('no header at all');
});

test('a boundary that begins another one is not mistaken for it', () => {
  const [a, b, c] = [noise(900, 1), noise(900, 2), noise(900, 3)].map((bytes) =>
    bytes.toString('hex'),
  );
  const message = [
    'Content-Type: multipart/mixed; boundary=outer',
    '',
    '--outer',
    'Content-Type: multipart/alternative; boundary=outer-inner',
    '',
    '--outer-inner',
    '',
    a,
    '--outer-inner',
    '',
    b,
    '--outer-inner--',
    '--outer  ',
    '',
    `${c}\r\n--outerx\r\n-- outer`,
    '--outer--',
  ].join('\r\n');
  const found = parts(checked(message));
  assert.deepEqual(
    found.map((part) => part.bytes.toString().slice(0, 1800)),
    [a, b, c],
  );
});

test('boundaries nested a hundred deep come back, the deepest as text', () => {
  let message = '';
  for (let i = 0; i < 100; i++) {
    message += `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`;
  }
  message += `Content-Type: text/plain\n\n${text(3000)}\n`;
  for (let i = 99; i >= 0; i--) message += `--b${i}--\n`;
  assert.ok(parts(checked(message)).length >= 1);
});

test('an attached message is split like any other', () => {
  const bytes = noise(4000, 8);
  const inner = `Subject: inner\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64Lines(bytes)}`;
  const outer = [
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: message/rfc822',
    '',
    inner,
    '--b--',
    '',
  ].join('\r\n');
  const found = parts(checked(outer));
  assert.equal(found.length, 1);
  assert.ok(found[0]!.bytes.equals(bytes));
});

test('runs of B words in a header are decoded, twice where they say base64 again', () => {
  const secret = noise(3000, 9);
  const words = (payload: string, length: number, fold: string) =>
    payload
      .match(new RegExp(`.{1,${length}}`, 'g'))!
      .map((part) => `=?utf-8?B?${part}?=`)
      .join(fold);
  const inner = secret.toString('base64');
  const outer = Buffer.from(inner).toString('base64');
  const cut = Buffer.from(`${inner.slice(0, -1)}`).toString('base64');
  const header = (value: string) =>
    `Subject: =?utf-8?B?SGVsbG8=?=\r\nX-Info:\r\n ${value}\r\nTo: x\r\n\r\nbody`;
  const one = parts(checked(header(words(outer, 60, '\r\n '))));
  assert.equal(one.length, 1);
  assert.ok(one[0]!.bytes.equals(secret));
  assert.deepEqual(one[0]!.encoding, {
    kind: 'words',
    charset: 'utf-8',
    wordLength: 60,
    eol: 'crlf',
    indent: 'space',
    innerTail: '',
  });
  const tail = parts(checked(header(words(cut, 64, '\n\t'))));
  assert.equal(tail[0]!.bytes.length, 2997);
  assert.equal(parts(checked(header(words(inner, 60, '\r\n ')))).length, 1);
  // A word of another charset, length or fold ends the run; nothing is lost.
  for (const broken of [
    words(outer, 60, '\r\n ').replace(/utf-8/, 'UTF-8'),
    words(outer, 61, '\r\n '),
    words(outer, 60, '\r\n  '),
    words(outer, 60, ' '),
    words(outer, 60, '\r\n ').slice(0, -2),
    words(outer, 60, '\r\n ').replace(/\?=\r\n/, '=?=\r\n'),
  ]) {
    checked(header(broken));
  }
});

test('a line of ten megabytes and a header of two pass without being held', () => {
  for (const message of [
    Buffer.concat([Buffer.from('Subject: x\n\n'), Buffer.alloc(10_000_000, 'x')]),
    Buffer.concat([
      Buffer.from('Content-Transfer-Encoding: base64\n\n'),
      Buffer.alloc(10_000_000, 'QUJD'),
    ]),
    Buffer.alloc(2_500_000, 'To: somebody@example.test\r\n'),
    Buffer.concat([Buffer.alloc(600_000, 'To: somebody\r\n'), Buffer.from('\r\n\r\nbody')]),
  ]) {
    checked(message, [65_536, 300_000]);
  }
});

test('however a message looks, its literals and its parts stay few', () => {
  const open = 'Content-Type: multipart/mixed; boundary=b\n\n';
  const small = checked(open + '--b\nX: y\n\nsmall\n'.repeat(200_000), [65_536]);
  const literals = small.filter((piece) => piece.kind === 'literal');
  const size = literals.reduce((sum, piece) => sum + piece.bytes.length, 0);
  assert.ok(size < 1.2 * 1024 * 1024, `${size} bytes of literals`);

  const many = checked(open + `--b\n\n${'x'.repeat(512)}\n`.repeat(30_000), [65_536]);
  assert.ok(parts(many).length <= 20_002);
});
