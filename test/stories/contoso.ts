import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { sleep } from '#lib/core/concurrency.ts';
import { connectDemoCustomer, foundDemoMsp, tenantNamed } from '#lib/launch/demo-customer.ts';
import { letDemoPeopleIn } from '#lib/launch/demo-people.ts';
import { Helpdesk, type SourceMailbox } from '#lib/launch/helpdesk.ts';
import { type House, startHouse } from '#lib/launch/house.ts';
import { type HouseServices, openServices } from '#lib/launch/services.ts';
import { newestRun } from '#lib/launch/watch.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { listMailboxes } from '#lib/services/mailboxes/list.ts';
import { getRun } from '#lib/services/runs/get.ts';
import { startRun } from '#lib/services/runs/start.ts';

/** The whole product with Contoso connected, backed up once, and its people let in. */
export class Contoso {
  readonly house: House;
  readonly services: HouseServices;
  /** Of the provider, as the machine itself. */
  readonly ctx: ServiceContext;
  readonly tenantId: string;
  readonly helpdesk: Helpdesk;
  private readonly folder: string;

  private constructor(
    parts: Pick<Contoso, 'house' | 'services' | 'ctx' | 'tenantId'>,
    folder: string,
  ) {
    this.house = parts.house;
    this.services = parts.services;
    this.ctx = parts.ctx;
    this.tenantId = parts.tenantId;
    this.folder = folder;
    const facts = parts.house.standIn!;
    this.helpdesk = new Helpdesk(facts, tenantNamed(facts, 'Contoso').tid);
  }

  static async open(options: { mailboxes: number }): Promise<Contoso> {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast story '));
    const house = await startHouse({
      dataFolder: folder,
      port: 0,
      standIn: 'seeded',
      standInArguments: ['--mailboxes', String(options.mailboxes), '--messages', '260'],
      portal: true,
      env: { ...process.env, EXPORT_FOLDER: join(folder, 'exports') },
    });
    const facts = house.standIn!;
    const services = await openServices(house);
    const ctx = services.contextFor(await foundDemoMsp(services, facts));
    const { tenantId } = await connectDemoCustomer(services, ctx, facts);
    const contoso = new Contoso({ house, services, ctx, tenantId }, folder);
    await contoso.untilEnded((await newestRun(ctx, tenantId, 60_000)).id);
    await letDemoPeopleIn(services, ctx, facts, tenantId);
    return contoso;
  }

  async close(): Promise<void> {
    await this.services.close();
    await this.house.stop();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  }

  get url(): string {
    return this.house.portalUrl;
  }

  /** Runs a backup to its end, one that began after this was asked for. */
  async backUp(): Promise<void> {
    for (;;) {
      const { runId, joined } = await startRun(this.ctx, { tenantId: this.tenantId });
      await this.untilEnded(runId);
      if (!joined) return;
    }
  }

  private async untilEnded(runId: string): Promise<void> {
    for (;;) {
      const run = await getRun(this.ctx, { tenantId: this.tenantId, runId });
      if (run.state === 'done') return;
      if (run.endedAt !== null) throw new Error(`the backup ended ${run.state}`);
      await sleep(100);
    }
  }

  /** The mailbox of somebody as the stand-in has it, with fingerprints of its messages. */
  async atSource(name: string): Promise<SourceMailbox> {
    return await this.helpdesk.survey(await this.user(name));
  }

  async user(name: string): Promise<{ id: string; name: string }> {
    const user = (await this.helpdesk.users()).find((it) => it.name === name);
    if (user === undefined) throw new Error(`${name} has no account at the stand-in`);
    return user;
  }

  /** The mailbox of somebody as Holdfast knows it. */
  async mailboxId(name: string): Promise<string> {
    const rows = await listMailboxes(this.ctx, { tenantId: this.tenantId });
    const row = rows.find((it) => it.name === name && it.kind !== 'archive');
    if (row === undefined) throw new Error(`${name} has no mailbox in Holdfast`);
    return row.id;
  }

  /** From the sign-in page to where the portal leads this account. */
  async signIn(page: Page, name: string): Promise<void> {
    await page.goto(`${this.url}/sign-in`);
    await page.getByRole('button', { name: 'Continue with Microsoft' }).click();
    await page.getByRole('button', { name }).click();
    await page.waitForURL((url) => url.href.startsWith(this.url) && url.pathname !== '/sign-in');
  }
}
