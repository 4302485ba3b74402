import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { attachmentBytes, itemBytes } from '#lib/exchange/item-bytes.ts';
import { previewItem } from '#lib/exchange/preview.ts';
import { MemoryVault } from '#test/kit/memory-vault.ts';

const large = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * 7919) % 251));
const inner = 'Subject: inner\r\nContent-Type: text/plain\r\n\r\n--not a boundary\r\ntext\r\n';
const mime = [
  'Subject: files',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain',
  '',
  'see attached',
  '--b',
  'Content-Type: application/pdf; name=report.PDF',
  'Content-Transfer-Encoding: base64',
  '',
  large.toString('base64').replace(/(.{76})/g, '$1\r\n'),
  '--b',
  'Content-Type: text/plain; name="run.exe"',
  'Content-Disposition: attachment',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'caf=C3=A9 =',
  'au lait',
  '',
  'end',
  '--b',
  'Content-Type: message/rfc822',
  'Content-Disposition: attachment',
  '',
  `${inner}--b--`,
  '',
].join('\r\n');

async function put(body: string, format: 'mime' | 'json' = 'mime') {
  const vault = new MemoryVault();
  const { ref } = await vault.putItem({ readable: { format, body: Buffer.from(body) } });
  const take = async (index: number) => {
    const made = await attachmentBytes(vault, ref, index);
    if (made === null) return null;
    const parts: Uint8Array[] = [];
    for await (const chunk of made.content.chunks()) parts.push(chunk);
    await made.content.dispose();
    return { bytes: Buffer.concat(parts), extension: made.extension };
  };
  return { vault, ref, take };
}

describe('files of an item', () => {
  it('are the attachments that the view lists, byte for byte', async () => {
    const { vault, ref, take } = await put(mime);
    const shown = await previewItem(vault, ref, 'message');
    assert.deepEqual(
      shown?.attachments.map(({ name }) => name),
      ['report.PDF', 'run.exe', 'unnamed'],
    );
    const pdf = await take(0);
    assert.equal(pdf?.extension, 'pdf');
    const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    assert.equal(hash(pdf!.bytes), hash(large));
    assert.deepEqual(await take(1), {
      bytes: Buffer.from('café au lait\r\n\r\nend'),
      extension: 'bin',
    });
    const message = await take(2);
    assert.equal(message?.extension, 'eml');
    assert.equal(message?.bytes.toString(), inner);
    assert.equal(await take(3), null);
  });

  it('of an event come out of its JSON', async () => {
    const { take } = await put(
      JSON.stringify({
        attachments: [{ name: 'a.html', contentBytes: btoa('<p>') }, { name: 'b.txt' }, null],
      }),
      'json',
    );
    assert.deepEqual(await take(0), { bytes: Buffer.from('<p>'), extension: 'bin' });
    assert.equal(await take(1), null);
    assert.equal(await take(2), null);
    assert.equal(await take(9), null);
    assert.equal(await (await put('{broken', 'json')).take(0), null);
  });

  it('the whole item is what Exchange gave', async () => {
    const { vault, ref } = await put(mime);
    const made = await itemBytes(vault, ref);
    assert.deepEqual([made?.extension, made?.content.bytes], ['eml', Buffer.byteLength(mime)]);
  });
});
