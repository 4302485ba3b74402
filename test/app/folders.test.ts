import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Folder,
  folderPath,
  lookOf,
  orderFolders,
} from '#app/(portal)/customers/[tenantId]/mailboxes/[mailboxId]/parts/folders.ts';

const folder = (id: string, parentId: string | null, wellKnown: string | null = null): Folder => ({
  id,
  parentId,
  name: id,
  wellKnown,
});

describe('the folder tree', () => {
  it('puts parents before children and the inbox first', () => {
    const placed = orderFolders([
      folder('Zoo', null),
      folder('Sent', null, 'sentitems'),
      folder('Below', 'In'),
      folder('In', null, 'inbox'),
    ]);
    assert.deepEqual(
      placed.map(({ id, level, hasChildren }) => [id, level, hasChildren]),
      [
        ['In', 1, true],
        ['Below', 2, false],
        ['Sent', 1, false],
        ['Zoo', 1, false],
      ],
    );
  });

  it('knows what a folder is for by its class, and what it does not know is drawn as mail', () => {
    assert.deepEqual(
      [
        'IPF.Appointment',
        'IPF.Appointment.Birthday',
        'IPF.Contact',
        'IPF.Task',
        'IPF.Note',
        '',
      ].map(lookOf),
      ['agenda', 'agenda', 'contacts', 'tasks', 'mail', 'mail'],
    );
  });

  it('shows a folder whose parent is not in the copy', () => {
    assert.deepEqual(
      orderFolders([folder('Orphan', 'gone')]).map(({ id, level }) => [id, level]),
      [['Orphan', 1]],
    );
  });

  it('names a folder by its path, also when parents form a circle', () => {
    const tree = [folder('A', 'B'), folder('B', 'A'), folder('C', null), folder('D', 'C')];
    assert.equal(folderPath(tree, 'D'), 'C / D');
    assert.ok(folderPath(tree, 'A').length > 0);
    assert.equal(orderFolders(tree).length, 4);
    assert.equal(folderPath(tree, 'missing'), '');
  });
});
