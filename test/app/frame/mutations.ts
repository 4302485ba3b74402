import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { newId } from '#lib/core/ids.ts';
import { projectFolder } from '#lib/launch/project.ts';
import type { Frame } from './frame.ts';

/** Where something that changes anything may come from. */
export function mutations(frame: Frame): void {
  describe('mutations', () => {
    /**
     * Every route that takes something and looks at a cookie. The API is opened by a key, the webhook by
     * a signature.
     */
    const taking = globSync('app/**/route.ts', { cwd: projectFolder })
      .filter((file) => !file.startsWith('app/api/v1/') && !file.startsWith('app/api/webhooks/'))
      .filter((file) =>
        /export (?:async )?(?:function|const) (?:POST|PUT|PATCH|DELETE)|as POST|, POST|POST \}/.test(
          readFileSync(join(projectFolder, file), 'utf8'),
        ),
      )
      .map((file) => `/${file.split('/').slice(1, -1).join('/')}`);

    it('are known to this test', () => {
      assert.ok(taking.includes('/api/palette'), taking.join(', '));
      assert.ok(taking.includes('/api/auth/[...nextauth]'), taking.join(', '));
    });

    it('from another origin, or from none, are refused before anything is read', async () => {
      const paths = [
        ...taking.map((path) => path.replace(/\[[^\]]+\]/g, newId())),
        '/api/auth/signout',
        '/customers',
        `/customers/${frame.house.facts.tenantId}`,
      ];
      for (const path of paths) {
        for (const from of ['https://elsewhere.example', 'null', undefined]) {
          for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
            const answer = await frame.ask(path, frame.house.sessions.owner, {
              method,
              headers: {
                'content-type': 'application/json',
                'next-action': 'x'.repeat(42),
                ...(from ? { origin: from } : {}),
              },
              body: '{}',
            });
            assert.equal(answer.status, 403, `${method} ${path} from ${from}`);
          }
        }
      }
      // No cookie opens the webhook, and without a signature nothing of a body is believed.
      const forged = await frame.ask('/api/webhooks/stripe', frame.house.sessions.owner, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: 'https://elsewhere.example' },
        body: JSON.stringify({ id: 'evt_1', type: 'invoice.paid', data: { object: {} } }),
      });
      assert.equal(forged.status, 400, 'the webhook');
      const still = await frame.ask('/customers', frame.house.sessions.owner);
      await still.body?.cancel();
      assert.equal(still.status, 200, 'nobody was signed out');
    });
  });
}
