import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newId } from '#lib/core/ids.ts';
import { silentLog } from '#lib/core/log.ts';
import { GraphClient } from '#lib/graph/client.ts';
import type { TokenSource } from '#lib/graph/token.ts';
import { createGraphProbe } from '#lib/services/connect/graph-probe.ts';
import type { DirectoryMailbox } from '#lib/services/connect/probe.ts';
import { createTestClock } from '#test/kit/msp.ts';

const tid = newId();

/** Graph with these answers by path; 404 for the rest, as for a user without a mailbox. */
function probeOver(answers: Record<string, unknown>) {
  const asked: { fresh?: boolean }[] = [];
  const tokens: TokenSource = {
    clientId: 'c',
    token: async (entraTid, options) => {
      asked.push(options ?? {});
      return {
        accessToken: 't',
        tid: entraTid,
        roles: ['User.Read.All'],
        expiresAt: new Date('2100-01-01'),
      };
    },
  };
  const graph = new GraphClient({
    cloud: { loginUrl: 'https://login.example', graphUrl: 'https://graph.example' },
    entraTid: tid,
    tokens,
    clock: createTestClock(),
    log: silentLog,
    fetch: (async (url: string | URL | Request) => {
      const { pathname } = new URL(String(url));
      const answer = answers[pathname.replace('/v1.0', '')];
      return answer === undefined
        ? Response.json(
            { error: { code: 'MailboxNotEnabledForRESTAPI', message: '' } },
            { status: 404 },
          )
        : Response.json(answer);
    }) as typeof fetch,
  });
  const probe = createGraphProbe({
    tokens: { backup: tokens, restore: tokens },
    client: () => graph,
  });
  return { probe, asked };
}

const user = (id: string, more: object = {}) => ({
  id,
  displayName: id,
  userPrincipalName: `${id}@contoso.example`,
  mail: null,
  accountEnabled: true,
  userType: 'Member',
  ...more,
});

describe('the probe over Graph', () => {
  it('finds a mailbox where Exchange has one, licensed or not, and asks for its kind', async () => {
    const { probe } = probeOver({
      '/users': {
        value: [
          user('adele', {
            mail: 'Adele.Vance@contoso.example',
            assignedPlans: [{ service: 'exchange', capabilityStatus: 'Enabled' }],
          }),
          user('licence-only'),
          user('info', {
            accountEnabled: false,
            assignedPlans: [{ service: 'exchange', capabilityStatus: 'Deleted' }],
          }),
          user('odd', { displayName: null }),
        ],
      },
      '/users/adele/settings/exchange': { primaryMailboxId: 'MBX:a' },
      '/users/adele/mailboxSettings/userPurpose': { value: 'user' },
      '/users/info/settings/exchange': { primaryMailboxId: 'MBX:i' },
      '/users/info/mailboxSettings/userPurpose': { value: 'shared' },
      '/users/odd/settings/exchange': { primaryMailboxId: 'MBX:o' },
    });
    const found: DirectoryMailbox[] = [];
    for await (const mailbox of probe.mailboxes(tid)) found.push(mailbox);
    assert.deepEqual(found, [
      {
        entraUserId: 'adele',
        exchangeId: 'MBX:a',
        address: 'Adele.Vance@contoso.example',
        displayName: 'adele',
        kind: 'user',
        licensed: true,
      },
      {
        entraUserId: 'info',
        exchangeId: 'MBX:i',
        address: 'info@contoso.example',
        displayName: 'info',
        kind: 'shared',
        licensed: false,
      },
      {
        entraUserId: 'odd',
        exchangeId: 'MBX:o',
        address: 'odd@contoso.example',
        displayName: 'odd@contoso.example',
        kind: 'user',
        licensed: false,
      },
    ]);
  });

  it('a user is gone when the directory says so, and only then', async () => {
    const { probe } = probeOver({
      '/users/here': { id: 'here', deletedDateTime: null },
      '/users/binned': { id: 'binned', deletedDateTime: '2026-11-01T00:00:00Z' },
    });
    assert.equal(await probe.userExists(tid, 'here'), true);
    assert.equal(await probe.userExists(tid, 'binned'), false);
    assert.equal(await probe.userExists(tid, 'nobody'), false);
  });

  it('asks for a token of this moment: one from before the consent lacks its roles', async () => {
    const { probe, asked } = probeOver({});
    const token = await probe.token(tid, 'backup');
    assert.deepEqual([token.tid, token.roles], [tid, ['User.Read.All']]);
    assert.deepEqual(asked, [{ fresh: true }]);
  });
});
