import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { jsonItem, jsonMessage, restoreKeyProperty } from '#lib/exchange/json-message.ts';

const mime = (attachment: string) =>
  Buffer.from(
    [
      'Message-ID: <a@b>',
      'Date: Wed, 25 Nov 2026 10:00:00 +0000',
      'From: Mira <mira@x.test>',
      'To: Team: jon@x.test, pia@x.test;',
      'Cc: lea@x.test',
      'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/html',
      '',
      '<p>Hello</p>',
      '--b',
      'Content-Type: application/octet-stream; name=a.bin',
      'Content-Disposition: attachment; filename=a.bin',
      'Content-Transfer-Encoding: base64',
      '',
      attachment,
      '--b--',
    ].join('\r\n'),
  );

describe('a message as JSON', () => {
  it('is complete in one request and no draft', async () => {
    const made = await jsonMessage(mime('YWJj'), 'key');
    assert.ok(made.kind === 'json');
    const { body } = made;
    assert.equal(body.subject, 'Grüße');
    assert.deepEqual(body.from, { emailAddress: { name: 'Mira', address: 'mira@x.test' } });
    assert.equal((body.toRecipients as unknown[]).length, 2);
    assert.equal(body.internetMessageId, '<a@b>');
    assert.deepEqual((body.attachments as unknown[])[0], {
      '@odata.type': '#microsoft.graph.fileAttachment',
      name: 'a.bin',
      contentType: 'application/octet-stream',
      contentBytes: 'YWJj',
      isInline: false,
    });
    const properties = new Map(
      (body.singleValueExtendedProperties as Array<{ id: string; value: string }>).map(
        ({ id, value }) => [id, value],
      ),
    );
    // Submitted, and not the unsent bit that makes a draft.
    assert.equal(properties.get('Integer 0x0E07'), '4');
    assert.equal(properties.get('SystemTime 0x0039'), '2026-11-25T10:00:00.000Z');
    assert.equal(properties.get('SystemTime 0x0E06'), '2026-11-25T10:00:00.000Z');
    assert.ok([...properties.values()].includes('key'));
  });

  it('is refused with a cause where it is too large for one request', async () => {
    const large = Buffer.alloc(3.1 * 1024 * 1024).toString('base64');
    assert.deepEqual(await jsonMessage(mime(large), 'key'), {
      kind: 'refused',
      cause: 'too-large',
    });
  });

  it('invites nobody', () => {
    const made = jsonItem(
      'event',
      {
        id: 'x',
        subject: 'Lunch',
        attendees: [{ emailAddress: { address: 'jon@x.test' } }],
        organizer: { emailAddress: { address: 'mira@x.test' } },
        start: { dateTime: '2026-11-25T12:00:00', timeZone: 'UTC' },
      },
      'key',
    );
    assert.deepEqual(made, {
      kind: 'json',
      body: {
        subject: 'Lunch',
        start: { dateTime: '2026-11-25T12:00:00', timeZone: 'UTC' },
        singleValueExtendedProperties: [{ id: restoreKeyProperty, value: 'key' }],
      },
    });
  });

  it('has no form for what Graph cannot create', () => {
    assert.equal(jsonItem('other', {}, 'key').kind, 'refused');
    assert.equal(jsonItem('note', null, 'key').kind, 'refused');
  });
});
