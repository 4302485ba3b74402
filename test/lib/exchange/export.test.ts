import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { AppError } from '#lib/core/errors.ts';
import { type ExportItem, exportArchive } from '#lib/exchange/export.ts';
import { MemoryVault } from '#test/kit/memory-vault.ts';
import { unzip } from '#test/kit/zip.ts';

const signal = new AbortController().signal;

async function exported(
  vault: Pick<MemoryVault, 'openReadable' | 'openStream'>,
  items: ExportItem[],
) {
  const { zip, done } = exportArchive({
    items,
    source: vault,
    createdAt: new Date('2026-11-25T10:00:00Z'),
    about: { mailbox: 'mira' },
    signal,
  });
  const parts: Buffer[] = [];
  for await (const chunk of zip) parts.push(chunk as Buffer);
  return { files: unzip(Buffer.concat(parts)), result: await done };
}

function item(ref: string, more: Partial<ExportItem> = {}): ExportItem {
  return {
    itemId: `row-${ref.slice(0, 4)}`,
    ref,
    kind: 'message',
    itemClass: 'IPM.Note',
    subject: 'Rechnung / Mai',
    at: new Date('2026-11-25T10:00:00Z'),
    folderPath: ['Posteingang'],
    ...more,
  };
}

describe('exportArchive', () => {
  it('writes mail byte for byte, the rest in forms that people can open, and a manifest of hashes', async () => {
    const vault = new MemoryVault();
    const mime = Buffer.from('Subject: x\r\n\r\nHello\r\n');
    const json = (value: unknown) => Buffer.from(JSON.stringify(value));
    const put = async (format: 'mime' | 'json', body: Buffer) =>
      (await vault.putItem({ readable: { format, body } })).ref;
    const mail = await put('mime', mime);
    const event = await put(
      'json',
      json({
        subject: 'Lunch; with, all\nof us\r\nBEGIN:VALARM',
        start: { dateTime: '2026-11-25T12:00:00.0000000', timeZone: 'UTC' },
        end: { dateTime: '2026-11-25T13:00:00.0000000', timeZone: 'UTC' },
        recurrence: {
          pattern: { type: 'weekly', interval: 2, daysOfWeek: ['monday', 'friday'] },
          range: { type: 'noEnd' },
        },
      }),
    );
    const contact = await put(
      'json',
      json({ displayName: 'Jörg', surname: 'Berg', emailAddresses: [{ address: 'j@b.c' }] }),
    );
    const task = await put('json', json({ title: 'Call', status: 'completed' }));
    const { ref: raw } = await vault.putItem({ stream: { body: Buffer.from([1, 2, 3]) } });
    const { files, result } = await exported(vault, [
      item(mail),
      item(event, { kind: 'event', folderPath: ['Kalender'] }),
      item(contact, { kind: 'contact', folderPath: ['Kontakte'] }),
      item(task, { kind: 'task', folderPath: ['Aufgaben'] }),
      item(raw, { kind: 'other', itemClass: 'IPM.Odd' }),
    ]);
    assert.deepEqual(
      [...files.keys()],
      [
        'Posteingang/000001-Rechnung-Mai.eml',
        'Kalender/000002-Rechnung-Mai.ics',
        'Kontakte/000003-Rechnung-Mai.vcf',
        'Aufgaben/000004-Rechnung-Mai.ics',
        'Posteingang/000005-Rechnung-Mai.bin',
        'manifest.json',
      ],
    );
    assert.deepEqual(files.get('Posteingang/000001-Rechnung-Mai.eml'), mime);
    const ics = files.get('Kalender/000002-Rechnung-Mai.ics')!.toString();
    assert.match(ics, /SUMMARY:Lunch\\; with\\, all\\nof us\\nBEGIN:VALARM\r\n/);
    assert.match(ics, /DTSTART:20261125T120000Z\r\n/);
    assert.match(ics, /RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR\r\n/);
    assert.match(files.get('Kontakte/000003-Rechnung-Mai.vcf')!.toString(), /FN:Jörg\r\n/);
    assert.match(files.get('Aufgaben/000004-Rechnung-Mai.ics')!.toString(), /STATUS:COMPLETED/);
    const manifest = JSON.parse(files.get('manifest.json')!.toString());
    assert.equal(manifest.files.length, 5);
    for (const { path, bytes, sha256 } of manifest.files) {
      assert.equal(files.get(path)?.length, bytes);
      assert.equal(createHash('sha256').update(files.get(path)!).digest('hex'), sha256);
    }
    assert.deepEqual(result.failed, []);
    assert.equal(result.files, 5);
  });

  it('names are ours: no mail decides where a file goes', async () => {
    const vault = new MemoryVault();
    const { ref } = await vault.putItem({
      readable: { format: 'mime', body: Buffer.from('Subject: x\r\n\r\n') },
    });
    const evil = [
      '../../etc/passwd',
      '..\\..\\x',
      'C:\\con',
      '\u202egpj.exe',
      '/',
      '',
      'nul',
      '=cmd|x',
    ];
    const { files } = await exported(
      vault,
      evil.map((name) => item(ref, { subject: name, folderPath: [name, name] })),
    );
    for (const path of files.keys()) {
      assert.match(path, /^(?:[\p{L}\p{N}_-]+\/){0,2}[\p{L}\p{N}_-]+\.(eml|json)$/u);
      for (const part of path.split('/')) assert.doesNotMatch(part, /^(con|nul|aux|prn)$/i);
    }
    assert.equal(files.size, evil.length + 1);
  });

  it('a damaged item is named in the manifest and the rest is exported', async () => {
    const vault = new MemoryVault();
    const { ref } = await vault.putItem({
      readable: { format: 'mime', body: Buffer.from('Subject: fine\r\n\r\n') },
    });
    const source = {
      openStream: async () => null,
      openReadable: async (wanted: string) => {
        if (wanted === ref) return vault.openReadable(ref);
        return {
          format: 'mime' as const,
          bytes: 10,
          sha256: '',
          body: (async function* () {
            yield Buffer.from('half');
            throw new AppError('vault.damaged', 'A pack is damaged.');
          })(),
        };
      },
    };
    const { files, result } = await exported(source, [item('damaged'), item(ref)]);
    assert.deepEqual(result.failed, [{ itemId: 'row-dama', cause: 'vault-damaged' }]);
    assert.equal(files.size, 2);
    const manifest = JSON.parse(files.get('manifest.json')!.toString());
    assert.equal(manifest.failed[0].cause, 'vault-damaged');
  });
});
