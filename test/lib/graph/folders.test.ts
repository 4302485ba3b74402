import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readFolderTree } from '#lib/exchange/folder-tree.ts';
import { ensureFolder, listFolders } from '#lib/graph/folders.ts';
import { failure, TinyGraph, tinyMailbox } from '#test/kit/tiny-graph.ts';

const { exchangeId } = tinyMailbox;
const signal = new AbortController().signal;

describe('folders', () => {
  it('are found one by one where the flat listing is refused or lacks children', async () => {
    const graph = new TinyGraph();
    graph.addFolder('a', 'A', 'inbox');
    graph.addFolder('b', 'B', 'a');
    const withCounts = [...graph.folders.values()].map((folder) => ({
      ...folder,
      childFolderCount: [...graph.folders.values()].filter(
        ({ parentFolderId }) => parentFolderId === folder.id,
      ).length,
    }));
    const shown = (ids: string[]) => withCounts.filter(({ id }) => ids.includes(id));
    for (const flat of [
      () => failure(400, 'BadRequest'),
      () =>
        new Response(
          JSON.stringify({
            value: shown(['inbox', 'sent']),
            '@odata.deltaLink': 'https://graph.tiny/v1.0/f',
          }),
        ),
    ]) {
      graph.fault = ({ path }) => {
        if (path.endsWith('/folders/delta')) return flat();
        const parent = /folders\/([^/]+)\/childFolders/.exec(path)?.[1] ?? null;
        if (!path.includes('/folders')) return undefined;
        const value = withCounts.filter(({ parentFolderId }) => parentFolderId === parent);
        return new Response(JSON.stringify({ value }));
      };
      const found = await listFolders(graph.client(), exchangeId);
      assert.deepEqual(found.map(({ id }) => id).sort(), ['a', 'b', 'inbox', 'sent']);
    }
  });

  it('the top of the mailbox is no folder of its own', async () => {
    const graph = new TinyGraph();
    graph.addFolder('root', 'Top of Information Store');
    graph.folders.get('inbox')!.parentFolderId = 'root';
    graph.folders.get('sent')!.parentFolderId = 'unlisted';
    graph.fault = ({ path }) =>
      path.endsWith('/folders/msgfolderroot')
        ? new Response(JSON.stringify(graph.folders.get('root')))
        : undefined;
    const tree = await readFolderTree(graph.client(), exchangeId, [], signal);
    assert.deepEqual(
      tree.map(({ id, parentId, wellKnown }) => [id, parentId, wellKnown]),
      [
        ['inbox', null, 'inbox'],
        ['sent', null, null],
      ],
    );
  });

  it('one whose name is taken by another type gets a second name', async () => {
    const graph = new TinyGraph();
    graph.addFolder('calendar', 'Team');
    graph.folders.get('calendar')!.type = 'IPF.Appointment';
    graph.fault = ({ method, body }) =>
      method === 'POST' && JSON.parse(body).displayName === 'Team'
        ? failure(409, 'ErrorFolderExists')
        : undefined;
    const wanted = { parentId: null, name: 'Team', type: 'IPF.Note' };
    const made = await ensureFolder(graph.client(), exchangeId, wanted);
    assert.equal(made.displayName, 'Team (restored)');
    // Asked again, it is the same one.
    assert.equal((await ensureFolder(graph.client(), exchangeId, wanted)).id, made.id);
  });
});
