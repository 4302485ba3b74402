import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newId } from '#lib/core/ids.ts';
import type { Frame } from './frame.ts';

/** What every answer closes, and what a page says that is not whole or not there. */
export function headers(frame: Frame): void {
  describe('headers', () => {
    it('keep everything private out of every cache and every other site', async () => {
      const { facts, sessions } = frame.house;
      const strangers = newId();
      for (const path of [
        '/',
        '/sign-in',
        '/customers',
        `/customers/${facts.tenantId}`,
        `/customers/${strangers}`,
        '/nowhere',
        `/api/progress/customers/${facts.tenantId}`,
        `/api/progress/customers/${strangers}`,
        `/api/exports/${facts.tenantId}/${facts.exportId}`,
        '/api/auth/session',
        '/api/auth/csrf',
        '/live-worker.js',
      ]) {
        const answer = await frame.ask(path, sessions.owner);
        const header = (name: string) => answer.headers.get(name) ?? '';
        await answer.body?.cancel();
        assert.match(header('cache-control'), /no-store/, path);
        assert.equal(header('x-content-type-options'), 'nosniff', path);
        assert.equal(header('x-frame-options'), 'DENY', path);
        assert.equal(header('referrer-policy'), 'same-origin', path);
        assert.equal(header('x-powered-by'), '', path);
        const policy = header('content-security-policy');
        assert.doesNotMatch(policy, /'unsafe-(?!hashes')/, path);
        // One style of React's by its hash, and nothing that runs.
        assert.doesNotMatch(policy.replace(/style-src-attr [^;]*/, ''), /unsafe/, path);
        for (const part of [
          "default-src 'none'",
          "worker-src 'self'",
          "frame-ancestors 'none'",
          "base-uri 'none'",
          "object-src 'none'",
        ]) {
          assert.ok(policy.includes(part), `${path} lacks ${part}`);
        }
      }
    });

    it('a part of a page that fails says so, and the rest of the page stands', async () => {
      const { facts, sessions } = frame.house;
      const look = async (path: string) => {
        const answer = await frame.ask(path, sessions.owner);
        return { status: answer.status, text: await answer.text() };
      };
      const failed = /The ([\w ]+) did not load\. Backups are not affected\./g;
      const partsOf = (text: string) => [...text.matchAll(failed)].map(([, what]) => what);
      await frame.sql`revoke select on runs from app_user`;
      try {
        const home = await look('/');
        assert.equal(home.status, 200);
        assert.deepEqual(new Set(partsOf(home.text)), new Set(['night']));
        assert.match(home.text, /mailboxes within target/);
        assert.match(home.text, /Reference(?:<!-- -->)? ?[0-9A-Z]{8}/);
        const customer = await look(`/customers/${facts.tenantId}`);
        assert.equal(customer.status, 200);
        assert.deepEqual(
          new Set(partsOf(customer.text)),
          new Set(['last 30 days', 'list of runs']),
        );
        assert.match(customer.text, /Contoso/);
        assert.equal((await look(`/customers/${newId()}`)).status, 404);
      } finally {
        await frame.sql`grant select on runs to app_user`;
      }
      assert.deepEqual(partsOf((await look('/')).text), []);
    });

    it('a page that is not there says so, and that one may have no access to it', async () => {
      for (const path of ['/nowhere', `/customers/${newId()}`]) {
        const answer = await frame.ask(path, frame.house.sessions.owner);
        assert.equal(answer.status, 404, path);
        assert.match(
          await answer.text(),
          /That page does not exist, or you have no access to it/,
          path,
        );
      }
    });
  });
}
