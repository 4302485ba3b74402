import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newId } from '#lib/core/ids.ts';
import type { TestSession } from '#test/kit/session.ts';
import type { Frame } from './frame.ts';

/** Who hears of changes, of what, and for how long. */
export function liveStream(frame: Frame): void {
  describe('the live stream', () => {
    it('is for those who are signed in', async () => {
      const answer = await frame.ask('/api/live');
      assert.equal(answer.status, 401);
    });

    it('tells ids of one MSP to its staff, and nothing of another', async () => {
      const other = await frame.otherMsp();
      await using mine = await openStream(frame, frame.house.sessions.owner);
      await using theirs = await openStream(frame, other.session);
      await frame.touch(frame.house.facts.waitingId);
      await frame.touch(other.tenantId);
      await mine.hears(frame.house.facts.waitingId);
      await theirs.hears(other.tenantId);
      assert.ok(!mine.text().includes(other.tenantId));
      assert.ok(!theirs.text().includes(frame.house.facts.waitingId));
      assert.ok(!mine.text().includes('Fabrikam'), 'ids only');
    });

    it('tells assigned staff of their customers alone, and an owner of a mailbox of none', async () => {
      const assigned = await frame.staff('technician', [frame.house.facts.waitingId]);
      await using some = await openStream(frame, assigned);
      await using owner = await openStream(frame, frame.house.sessions['mailbox-owner']);
      await frame.touch(frame.house.facts.tenantId);
      await frame.touch(frame.house.facts.waitingId);
      await some.hears(frame.house.facts.waitingId);
      assert.ok(!some.text().includes(frame.house.facts.tenantId));
      // Of their own mailbox they do hear, so what came before and was not heard was not for them.
      await frame.sql`update restores set state = state where id = ${frame.house.facts.restoredId}`;
      await owner.hears(frame.house.facts.restoredId);
      assert.ok(!owner.text().includes('customer'));
    });

    it('ends with the session, and does not begin again', async () => {
      const session = await frame.staff('technician', null);
      await using stream = await openStream(frame, session);
      await frame.sql`delete from sessions where id = ${session.sessionId}`;
      await stream.ended;
      assert.equal((await frame.ask('/api/live', session)).status, 401);
    });

    it('ends when the member is disabled or assigned elsewhere', async () => {
      const subject = `${newId()}.${newId()}`;
      const session = await frame.staff('technician', null, subject);
      const first = await openStream(frame, session);
      await frame.sql`update members set customers = ${[frame.house.facts.waitingId]} where subject = ${subject}`;
      await first.ended;
      await using second = await openStream(frame, session);
      await frame.sql`update members set disabled_at = now() where subject = ${subject}`;
      await second.ended;
      assert.equal((await frame.ask('/api/live', session)).status, 401);
    });

    it('ends when it can be heard again after the database cut the line, and is opened anew', async () => {
      const first = await openStream(frame, frame.house.sessions.owner);
      await frame.sql`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'holdfast live'`;
      await first.says(/data: lost\n/);
      await first.ended;
      await using second = await openStream(frame, frame.house.sessions.owner);
      await frame.touch(frame.house.facts.waitingId);
      await second.hears(frame.house.facts.waitingId);
    });
  });
}

async function openStream(frame: Frame, session: TestSession) {
  const stop = new AbortController();
  const answer = await frame.ask('/api/live', session, { signal: stop.signal });
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type')!, /^text\/event-stream/);
  assert.match(answer.headers.get('cache-control')!, /no-store/);
  let text = '';
  let heard = () => {};
  const ended = (async () => {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of answer.body!) {
        text += decoder.decode(chunk, { stream: true });
        heard();
      }
    } catch (err) {
      if (!stop.signal.aborted) throw err;
    }
    heard();
  })();
  const says = async (pattern: RegExp) => {
    while (!pattern.test(text)) {
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
    }
  };
  await says(/data: live\n/);
  return {
    text: () => text,
    says,
    hears: (id: string) => says(new RegExp(`event: changes\\ndata: .*${id}`)),
    ended,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await ended;
    },
  };
}
