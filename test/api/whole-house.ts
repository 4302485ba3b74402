import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDemoCustomer, foundDemoMsp } from '#lib/launch/demo-customer.ts';
import { keptApiKey } from '#lib/launch/demo-key.ts';
import { type House, startHouse } from '#lib/launch/house.ts';
import { type HouseServices, openServices } from '#lib/launch/services.ts';
import { newestRun, watchRun } from '#lib/launch/watch.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { type Send, sender } from './desk.ts';

/** The whole product in a folder of its own, its demo customer backed up once, and a key to it. */
export interface WholeHouse {
  house: House;
  services: HouseServices;
  /** As the installation itself. */
  ctx: ServiceContext;
  tenantId: string;
  secret: string;
  send: Send;
  close(): Promise<void>;
}

export async function openWholeHouse(
  size = ['--mailboxes', '3', '--messages', '60'],
): Promise<WholeHouse> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast api '));
  let house: House | undefined;
  let services: HouseServices | undefined;
  const close = async () => {
    await services?.close();
    await house?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  };
  try {
    house = await startHouse({
      dataFolder: folder,
      port: 0,
      standIn: 'seeded',
      standInArguments: size,
      portal: true,
      env: { ...process.env, API_REQUESTS_PER_MINUTE: '1000000' },
    });
    services = await openServices(house);
    const ctx = services.contextFor(await foundDemoMsp(services, house.standIn!));
    const { tenantId } = await connectDemoCustomer(services, ctx, house.standIn!);
    const run = await newestRun(ctx, tenantId, 60_000);
    await watchRun(ctx, { tenantId, runId: run.id }, 'First backup');
    const { secret } = await keptApiKey(ctx, folder);
    const send = sender(fetch, house.portalUrl, secret);
    return { house, services, ctx, tenantId, secret, send, close };
  } catch (err) {
    await close();
    throw err;
  }
}
