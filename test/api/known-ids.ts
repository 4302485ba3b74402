import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { ApiAnswer, Send } from './desk.ts';

/** Asks until it is so; what a worker does takes its time. */
export async function until(
  ask: () => Promise<ApiAnswer>,
  done: (answer: ApiAnswer) => boolean,
): Promise<ApiAnswer> {
  for (let turn = 0; turn < 600; turn++) {
    const answer = await ask();
    if (done(answer)) return answer;
    await wait(100);
  }
  throw new Error('it did not happen within a minute');
}

/**
 * One of everything that the API has an id for, found and made through the API alone: by the names that
 * paths and bodies have for them.
 */
export async function knownIds(
  send: Send,
  customerId: string,
): Promise<Record<string, string | number>> {
  const customer = `/customers/${customerId}`;
  const get = async (path: string) => {
    const answer = await send(path);
    assert.equal(answer.status, 200, `${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const { mailboxId, snapshot, folder, itemId } = await findMail(get, customer);
  const made = async (path: string, body: unknown) => {
    const answer = await send(`${customer}${path}`, { body });
    assert.ok(answer.status < 300, `${path}: ${JSON.stringify(answer.body)}`);
    return answer.body.id as string;
  };
  const wish = { mailboxId, snapshot, selection: { kind: 'items', itemIds: [itemId] } };
  const exportId = await made('/exports', wish);
  await until(
    () => send(`${customer}/exports/${exportId}`),
    ({ body }) => body.state === 'done',
  );
  const restoreId = await made('/restores', {
    ...wish,
    destination: { kind: 'folder', name: 'From the API' },
    collisions: 'copy',
  });
  await until(
    () => send(`${customer}/restores/${restoreId}`),
    ({ body }) => body.state === 'planned',
  );
  const searchId = await made('/searches', { from: '2000-01-01T00:00:00Z' });
  const runId = (await get(`${customer}/runs`)).items[0].id as string;
  return {
    customerId,
    mailboxId,
    snapshot,
    folder,
    folderId: folder,
    itemId,
    exportId,
    restoreId,
    searchId,
    runId,
  };
}

/** A message with an attachment: it has everything that an item can have. */
async function findMail(
  // biome-ignore lint/suspicious/noExplicitAny: answers of every form
  get: (path: string) => Promise<any>,
  customer: string,
): Promise<{ mailboxId: string; snapshot: number; folder: string; itemId: string }> {
  for (const { id: mailboxId, items } of (await get(`${customer}/mailboxes`)).items) {
    if (items === 0) continue;
    const mailbox = `${customer}/mailboxes/${mailboxId}`;
    const { snapshot } = (await get(`${mailbox}/snapshots`)).items[0];
    for (const folder of (await get(`${mailbox}/folders?snapshot=${snapshot}`)).items) {
      if (folder.items === 0 || folder.type !== 'IPF.Note') continue;
      const place = { snapshot: String(snapshot), folder: folder.id, limit: '100' };
      const page = await get(`${mailbox}/items?${new URLSearchParams(place)}`);
      const item = page.items.find((it: { hasAttachments: boolean }) => it.hasAttachments);
      if (item) return { mailboxId, snapshot, folder: folder.id, itemId: item.id };
    }
  }
  throw new Error('no message of this customer has an attachment');
}
