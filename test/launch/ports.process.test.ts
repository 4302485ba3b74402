import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { explainFailure } from '#lib/launch/failure.ts';
import { freePort, holdPort, isPortFree, keptPorts, onFreePort } from '#lib/launch/ports.ts';
import { ProcessTable } from '#lib/launch/processes.ts';
import { startStandIn } from '#lib/launch/stand-in.ts';
import { startStripeStandIn } from '#lib/launch/stripe-stand-in.ts';
import { startTemporal } from '#lib/launch/temporal-server.ts';

describe('ports of inner parts', () => {
  let folder: string;
  let table: ProcessTable;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast ports '));
    table = await ProcessTable.claim(folder);
  });
  after(async () => {
    await table.stopAll(5_000);
    await rm(folder, { recursive: true, force: true });
  });

  test('are nobody else’s until they are taken, and the same at the next start', async () => {
    const first = await keptPorts(folder, ['postgres', 'temporal']);
    const { port } = first.postgres;
    assert.equal(await isPortFree(port), false);
    assert.equal(await holdPort(port), null);
    assert.equal(await first.postgres.take(), port);
    assert.equal(await first.postgres.take(), port, 'taken twice is taken once');
    assert.equal(await isPortFree(port), true);
    await first.temporal.take();

    const second = await keptPorts(folder, ['postgres', 'temporal']);
    assert.equal(second.postgres.port, port);
    assert.equal(second.temporal.port, first.temporal.port);
    await second.postgres.take();
    await second.temporal.take();
  });

  test('that somebody took meanwhile are others at the next start', async () => {
    const first = await keptPorts(folder, ['stripe']);
    const other = await occupy(await first.stripe.take());
    try {
      const second = await keptPorts(folder, ['stripe']);
      assert.notEqual(await second.stripe.take(), first.stripe.port);
    } finally {
      other.close();
    }
  });

  test('are changed for others a few times, and for no other failure', async () => {
    const tried: number[] = [];
    const taken = (port: number) => {
      tried.push(port);
      return Promise.reject(explainFailure('It', new Error('bind: address already in use')));
    };
    await assert.rejects(onFreePort(20_000, taken), { problem: 'port-busy' });
    assert.equal(tried.length, 5);
    assert.equal(tried[0], 20_000);

    let starts = 0;
    const broken = () => {
      starts++;
      return Promise.reject(new Error('no such file'));
    };
    await assert.rejects(onFreePort(20_000, broken), /no such file/);
    assert.equal(starts, 1);
  });

  test('lost in the moment before a part listens cost it nothing but the number', async () => {
    const port = await freePort();
    const other = await occupy(port);
    const env = process.env;
    try {
      const stripe = await startStripeStandIn(table, {
        ...{ dataFolder: folder, port, webhookUrl: null, env },
      });
      assert.notEqual(Number(new URL(stripe.facts.apiUrl).port), port);
      await stripe.stop();
      const microsoft = await startStandIn(table, {
        ...{ dataFolder: folder, port, portalUrl: 'http://localhost:1', env },
        extra: ['--mailboxes', '4'],
      });
      assert.notEqual(Number(new URL(microsoft.facts.graphUrl).port), port);
      await microsoft.stop();
      const temporal = await startTemporal(table, { dataFolder: folder, port, env });
      assert.notEqual(temporal.address, `127.0.0.1:${port}`);
      await temporal.stop();
    } finally {
      other.close();
    }
  });
});

function occupy(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
