import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { previewItem } from '#lib/exchange/preview.ts';
import { MemoryVault } from '#test/kit/memory-vault.ts';
import { workMs } from '#test/kit/work-time.ts';

async function preview(
  body: string | Buffer,
  kind: 'message' | 'event' | 'contact' | 'other' = 'message',
) {
  const vault = new MemoryVault();
  const { ref } = await vault.putItem({
    readable: { format: kind === 'message' ? 'mime' : 'json', body: Buffer.from(body) },
  });
  return (await previewItem(vault, ref, kind))!;
}

describe('previewItem', () => {
  it('shows a message as text, with its attachments named and measured', async () => {
    const shown = await preview(
      [
        'From: Mira <mira@x>',
        'Subject: Hello',
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        'Content-Type: text/html',
        '',
        '<p>Hello <b>all</b></p><img src="https://track.er/x.gif"><script>alert(1)</script><style>p{}</style>',
        '--b',
        'Content-Type: application/pdf; name=a.pdf',
        'Content-Disposition: attachment; filename=a.pdf',
        'Content-Transfer-Encoding: base64',
        '',
        'YWJjZA==',
        '--b--',
      ].join('\r\n'),
    );
    assert.equal(shown.text.trim(), 'Hello all');
    assert.deepEqual(shown.attachments, [{ name: 'a.pdf', type: 'application/pdf', bytes: 4 }]);
    assert.equal(shown.html?.trim(), '<p>Hello <b>all</b></p><img />');
    assert.equal(shown.remote, 1);
    assert.deepEqual(shown.headerLines[1], { name: 'Subject', value: 'Hello' });
    assert.equal(shown.truncated, false);
    assert.deepEqual(shown.headers[0], { name: 'From', value: 'Mira <mira@x>' });
  });

  it('cuts a very large message and says so', async () => {
    const shown = await preview(`Subject: big\r\n\r\n${'line of text\r\n'.repeat(100_000)}`);
    assert.ok(shown.text.length <= 256 * 1024);
    assert.equal(shown.truncated, true);
  });

  it('broken mail and broken JSON are shown as far as they go', async () => {
    const deep = Array.from(
      { length: 400 },
      (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`,
    ).join('');
    assert.ok((await preview(deep)).text.length > 0);
    assert.equal((await preview('', 'message')).text, '');
    assert.equal((await preview('{"subject": "cut', 'event')).truncated, true);
    assert.equal((await preview('[null]', 'contact')).text, '');
  });

  it('a message of nothing but open tags costs no more than a moment', async () => {
    for (const tag of ['<b>', '<ul><li>', '<b', '<', '<!--', '&#', ' \t']) {
      const html = tag.repeat(Math.floor(900_000 / tag.length));
      const tookMs = await workMs(() => preview(`Content-Type: text/html\r\n\r\n${html}`));
      assert.ok(tookMs < 3000, `${tag}: ${tookMs.toFixed()} ms`);
    }
  });

  it('no control or direction marks reach the reader', async () => {
    const shown = await preview('Subject: a\u202eb\r\n\r\nhel\u0000lo \u202egpj.exe\u001b[31m');
    assert.equal(shown.text.trim(), 'hello gpj.exe[31m');
  });

  it('shows an event', async () => {
    const shown = await preview(
      JSON.stringify({
        subject: 'Lunch',
        body: { contentType: 'html', content: '<div>At noon</div>' },
        start: { dateTime: '2026-11-25T12:00:00', timeZone: 'UTC' },
        attendees: [{ emailAddress: { name: 'Jon', address: 'jon@x' } }],
      }),
      'event',
    );
    assert.equal(shown.text, 'At noon');
    assert.ok(
      shown.headers.some(({ name, value }) => name === 'Invited' && value === 'Jon · jon@x'),
    );
  });
});
