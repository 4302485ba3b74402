import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { apiDocument } from '#app/api/v1/_operations/document.ts';
import { operations } from '#app/api/v1/_operations/table.ts';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';
import { type Ids, makeIds } from './calls.ts';
import { assertPromised, Desk, type Send } from './desk.ts';
import { requestsOf } from './requests.ts';

/** Whatever is asked: an answer that the document promises, and never one of 500 or more. */
describe('requests made of the document', () => {
  let db: TestDatabase;
  let desk: Desk;
  let send: Send;
  let ids: Ids;
  const statuses = new Map<number, number>();

  before(async () => {
    db = await createTestDatabase();
    desk = await Desk.open(db);
    ({ send } = await desk.key());
    const { tenantId, mailboxId, itemId } = await desk.place();
    const place = { customerId: tenantId, mailboxId, itemId, folder: 'inbox', snapshot: 1 };
    ids = await makeIds(send, place);
  });
  after(async () => {
    await desk?.close();
    await db.close();
  });

  const document = apiDocument('http://holdfast.test');
  for (const operation of operations) {
    it(`${operation.id} answers all of them`, async () => {
      await fc.assert(
        fc.asyncProperty(requestsOf(operation, document, ids), async ({ path, sent }) => {
          const answer = await send(path, sent);
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
          assertPromised(operation, answer);
          const documented = Object.keys(
            (
              document.paths[operation.path]![operation.method.toLowerCase()] as {
                responses: object;
              }
            ).responses,
          );
          assert.ok(
            documented.includes(String(answer.status)),
            `${answer.status} is not documented`,
          );
          assert.ok(answer.status < 500, JSON.stringify(answer.body));
        }),
        { numRuns: 25, endOnFailure: true },
      );
    });
  }

  it('went through the doors and not only against the walls', (t) => {
    if (statuses.size === 0) return t.skip('Nothing was asked: the other tests were left out.');
    const good = [200, 201, 202].reduce((sum, status) => sum + (statuses.get(status) ?? 0), 0);
    const all = [...statuses.values()].reduce((sum, count) => sum + count, 0);
    assert.ok(good > all / 10 && good < all * 0.9, JSON.stringify(Object.fromEntries(statuses)));
    for (const status of [400, 404, 415]) assert.ok(statuses.has(status), String(status));
  });
});
