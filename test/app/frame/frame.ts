import type { Browser, Page } from 'playwright-core';
import postgres from 'postgres';
import { newId } from '#lib/core/ids.ts';
import { type FurnishedHouse, startFurnishedHouse } from '#test/kit/furnished-house.ts';
import { beginSession, type TestSession, wear } from '#test/kit/session.ts';
import { Watch } from '#test/stories/browser.ts';

/** One furnished house that all parts of the frame are tried in, and who comes to it. */
export class Frame {
  house!: FurnishedHouse;
  sql!: postgres.Sql;

  async start(): Promise<void> {
    this.house = await startFurnishedHouse();
    this.sql = postgres(this.house.house.ownerUrl, { max: 2, onnotice: () => {} });
  }

  async stop(): Promise<void> {
    await this.sql?.end({ timeout: 5 });
    await this.house?.stop();
  }

  get origin(): string {
    return this.house.house.portalUrl;
  }

  ask(path: string, session?: TestSession, init: RequestInit = {}): Promise<Response> {
    return fetch(this.origin + path, {
      redirect: 'manual',
      ...init,
      headers: { ...(session ? { cookie: session.cookie } : {}), ...init.headers },
    });
  }

  /** A customer's row changes in nothing that anybody sees. */
  async touch(tenantId: string): Promise<void> {
    await this.sql`update tenants set name = name where id = ${tenantId}`;
  }

  async staff(
    role: 'technician' | 'owner',
    customers: string[] | null,
    subject = `${newId()}.${newId()}`,
    mspId = this.house.mspId,
  ): Promise<TestSession> {
    await this.sql`insert into members (msp_id, subject, name, role, customers, enrolled_at)
      values (${mspId}, ${subject}, 'Jon', ${role}, ${customers}, now())`;
    return beginSession(this.house.house.ownerUrl, { subject, name: 'Jon' });
  }

  async otherMsp(): Promise<{ session: TestSession; tenantId: string }> {
    const [mspId, tenantId] = [newId(), newId()];
    await this.sql`insert into msps (id, name, created_at) values (${mspId}, 'Southwind', now())`;
    await this.sql`insert into tenants (id, msp_id, name, created_at)
      values (${tenantId}, ${mspId}, 'Contoso', now())`;
    return { session: await this.staff('owner', null, undefined, mspId), tenantId };
  }
}

/** The owner in front of a frame, in a browser that is watched. */
export class OwnersBrowser {
  readonly frame: Frame;
  private readonly browser: Browser;
  watch!: Watch;
  page!: Page;

  constructor(frame: Frame, browser: Browser) {
    this.frame = frame;
    this.browser = browser;
  }

  async open(): Promise<void> {
    this.watch = new Watch(this.frame.origin);
    this.page = await this.another();
  }

  /** The owner once more, who shares nothing with the first. */
  async another(): Promise<Page> {
    const page = await this.watch.person(this.browser);
    await wear(page.context(), this.frame.origin, this.frame.house.sessions.owner);
    return page;
  }

  async close(): Promise<void> {
    await this.page?.context().close();
  }
}
