import type { StoredItem } from '../store/item.ts';
import { writeStream } from '../stream/write.ts';
import type { Call } from './call.ts';
import { badRequest } from './failures.ts';

const idsMax = 20;

/** One JSON document, written while the items are read: no item is held whole (research/graph.md §2.3). */
export async function exportItems(call: Call): Promise<void> {
  const body = await call.json();
  const ids = body.itemIds ?? body.ItemIds;
  if (!Array.isArray(ids) || ids.length === 0 || !ids.every((id) => typeof id === 'string')) {
    throw badRequest('The request must contain itemIds, a list of ids.', 'ErrorInvalidArgument');
  }
  if (ids.length > idsMax) {
    throw badRequest(
      `At most ${idsMax} items can be exported in one request.`,
      'ErrorInvalidArgument',
    );
  }
  // Whatever can be refused has been: from here on the answer is 200.
  void call.mailbox;
  await call.reply.stream(200, 'application/json; charset=utf-8', document(call, ids));
}

async function* document(call: Call, ids: string[]): AsyncGenerator<Buffer> {
  const context = JSON.stringify(call.context('Collection(microsoft.graph.exportItemResponse)'));
  yield Buffer.from(`{"@odata.context":${context},"value":[`);
  let first = true;
  for (const itemId of ids) {
    const decided = call.world.faults.decideExport({ mailbox: call.mailbox.exchangeId, itemId });
    if (decided === 'omit') continue;
    if (!first) yield Buffer.from(',');
    first = false;
    const item = call.mailbox.item(itemId);
    if (decided) yield refusal(itemId, decided.code, 'The item could not be exported.');
    else if (item && isInTree(call, item)) yield* entry(call, itemId, item);
    else if (call.mailbox.looksLikeId(itemId)) {
      yield refusal(
        itemId,
        'ErrorItemNotFound',
        'The specified object was not found in the store.',
      );
    } else yield refusal(itemId, 'ErrorInvalidIdMalformed', 'Id is malformed.');
  }
  yield Buffer.from(']}');
}

/** Recoverable items are outside of what import and export reach. */
function isInTree({ mailbox }: Call, item: StoredItem): boolean {
  const folder = mailbox.folders.get(item.folder);
  return folder !== undefined && mailbox.inUserTree(folder);
}

function refusal(itemId: string, code: string, message: string): Buffer {
  return Buffer.from(JSON.stringify({ itemId, error: { code, message } }));
}

async function* entry(call: Call, itemId: string, item: StoredItem): AsyncGenerator<Buffer> {
  const changeKey = JSON.stringify(call.mailbox.changeKey(item));
  yield Buffer.from(`{"itemId":${JSON.stringify(itemId)},"changeKey":${changeKey},"data":"`);
  let carry: Buffer = Buffer.alloc(0);
  for await (const piece of writeStream(item, call.store.content)) {
    const bytes = carry.length > 0 ? Buffer.concat([carry, piece]) : piece;
    const whole = bytes.length - (bytes.length % 3);
    carry = bytes.subarray(whole);
    if (whole > 0) yield Buffer.from(bytes.toString('base64', 0, whole), 'latin1');
  }
  yield Buffer.from(`${carry.toString('base64')}"}`);
}
