import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareMailboxes } from '#lib/launch/comparison.ts';
import type { SourceMailbox } from '#lib/launch/helpdesk.ts';

/** The demo's judge: it must see every way in which a restored mailbox can differ. */

const folder = (path: string) => ({
  id: path,
  path,
  wellKnown: null,
  bin: path.startsWith('Deleted Items'),
});
const message = (path: string, sha256: string) => ({
  id: `${path}${sha256}`,
  folderId: path,
  folder: path,
  subject: sha256,
  bytes: 1,
  sha256,
});
const mailbox = (paths: string[], messages: Array<[string, string]>): SourceMailbox => ({
  userId: 'u',
  name: 'Ada',
  folders: paths.map(folder),
  messages: messages.map(([path, sha256]) => message(path, sha256)),
});

const before = [
  mailbox(
    ['Inbox', 'Deleted Items'],
    [
      ['Inbox', 'a'],
      ['Inbox', 'b'],
      ['Inbox', 'b'],
    ],
  ),
];

test('the same messages under other ids are no difference, nor are more in the bin', () => {
  const after = mailbox(
    ['Inbox', 'Deleted Items', 'Deleted Items/Old'],
    [
      ['Inbox', 'b'],
      ['Inbox', 'a'],
      ['Inbox', 'b'],
      ['Deleted Items', 'a'],
    ],
  );
  for (const it of after.messages) it.id = `new ${it.id}`;
  assert.deepEqual(compareMailboxes(before, [after]), []);
});

test('a lost, altered, doubled, misplaced message and a lost folder are each told', () => {
  const told = (paths: string[], messages: Array<[string, string]>) =>
    compareMailboxes(before, [mailbox(paths, messages)]).map(({ what }) => what);
  const bin = ['Inbox', 'Deleted Items'];
  assert.deepEqual(
    told(bin, [
      ['Inbox', 'a'],
      ['Inbox', 'b'],
    ]),
    ['Inbox: "b" is missing or other bytes'],
  );
  assert.deepEqual(
    told(bin, [
      ['Inbox', 'A'],
      ['Inbox', 'b'],
      ['Inbox', 'b'],
    ]),
    ['Inbox: "a" is missing or other bytes', 'Inbox: "A" was not there before'],
  );
  assert.deepEqual(
    told(bin, [
      ['Inbox', 'a'],
      ['Inbox', 'a'],
      ['Inbox', 'b'],
      ['Inbox', 'b'],
    ]),
    ['Inbox: "a" is there twice'],
  );
  assert.deepEqual(
    told(
      ['Inbox'],
      [
        ['Inbox', 'a'],
        ['Inbox', 'b'],
        ['Inbox', 'b'],
      ],
    ),
    ['folder Deleted Items is missing'],
  );
  assert.deepEqual(
    told(
      [...bin, 'New'],
      [
        ['New', 'a'],
        ['Inbox', 'b'],
        ['Inbox', 'b'],
      ],
    ),
    [
      'folder New was not there before',
      'Inbox: "a" is missing or other bytes',
      'New: "a" was not there before',
    ],
  );
  assert.deepEqual(compareMailboxes(before, []), [{ mailbox: 'Ada', what: 'the mailbox is gone' }]);
});
