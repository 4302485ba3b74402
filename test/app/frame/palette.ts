import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newId } from '#lib/core/ids.ts';
import type { TestSession } from '#test/kit/session.ts';
import type { Frame } from './frame.ts';

/** What is found by name, and by whom. */
export function palette(frame: Frame): void {
  describe('the palette', () => {
    const find = (body: unknown, session: TestSession | undefined, type = 'application/json') =>
      frame.ask('/api/palette', session, {
        method: 'POST',
        headers: { origin: frame.origin, 'content-type': type },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });

    it('finds customers, mailboxes and runs by name', async () => {
      const answer = await find({ words: 'conto' }, frame.house.sessions.owner);
      assert.equal(answer.status, 200);
      const found = (await answer.json()) as {
        customers: { name: string }[];
        runs: { runId: string }[];
      };
      assert.deepEqual(
        found.customers.map(({ name }) => name),
        ['Contoso'],
      );
      assert.ok(found.runs.some(({ runId }) => runId === frame.house.facts.runId));
    });

    it('takes signs of patterns as letters', async () => {
      for (const words of ['%%', '__', '\\\\', "'; --"]) {
        const answer = await find({ words }, frame.house.sessions.owner);
        const found = (await answer.json()) as Record<string, unknown[]>;
        assert.deepEqual([found.customers, found.mailboxes], [[], []], words);
      }
    });

    it('knows nothing of another MSP, nor for people of a customer or nobody', async () => {
      const other = await frame.otherMsp();
      const theirs = (await (await find({ words: 'conto' }, other.session)).json()) as {
        customers: { tenantId: string }[];
        mailboxes: unknown[];
        runs: unknown[];
      };
      assert.deepEqual(
        theirs.customers.map(({ tenantId }) => tenantId),
        [other.tenantId],
      );
      assert.deepEqual([theirs.mailboxes, theirs.runs], [[], []]);
      const foreign = await find(
        { words: '', tenantId: frame.house.facts.tenantId },
        other.session,
      );
      const missing = await find({ words: '', tenantId: newId() }, other.session);
      assert.deepEqual([foreign.status, missing.status], [404, 404]);
      assert.equal(await foreign.text(), await missing.text());
      assert.equal(
        (await find({ words: 'conto' }, frame.house.sessions['mailbox-owner'])).status,
        404,
      );
      assert.equal((await find({ words: 'conto' }, undefined)).status, 401);
    });

    it('shows assigned staff their customers alone', async () => {
      const assigned = await frame.staff('technician', [frame.house.facts.waitingId]);
      const words = await (await find({ words: 'fabri' }, assigned)).json();
      assert.equal((words as { customers: unknown[] }).customers.length, 1);
      const none = await (await find({ words: 'conto' }, assigned)).json();
      assert.deepEqual((none as { customers: unknown[] }).customers, []);
      assert.deepEqual((none as { runs: unknown[] }).runs, []);
    });

    it('refuses what no page of ours sends', async () => {
      const { owner } = frame.house.sessions;
      for (const [body, type] of [
        ['{', 'application/json'],
        ['"x"', 'application/json'],
        [{ words: 7 }, 'application/json'],
        [{ words: 'x', more: true }, 'application/json'],
        [{ words: 'x'.repeat(81) }, 'application/json'],
        [{ words: 'x'.repeat(20_000) }, 'application/json'],
        [{ words: 'x' }, 'text/plain'],
      ] as const) {
        assert.equal(
          (await find(body, owner, type)).status,
          400,
          JSON.stringify(body).slice(0, 60),
        );
      }
    });
  });
}
