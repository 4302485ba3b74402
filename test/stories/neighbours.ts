import postgres from 'postgres';
import { addMs, systemClock } from '#lib/core/clock.ts';
import type { House } from '#lib/launch/house.ts';
import type { TestDatabase } from '#test/kit/database.ts';
import { createCustomer, createMailbox, type World } from '#test/kit/msp.ts';

const others: [name: string, mailboxes: number][] = [
  ['Adventure Works', 19],
  ['Blue Yonder Airlines', 17],
  ['City Power & Light', 14],
  ['Humongous Insurance', 12],
  ['Bellows College', 9],
  ['Tailspin Toys', 8],
  ['Wide World Importers', 6],
  ['Brückner Maschinenbau', 5],
  ['A. Datum', 4],
];

const people = [
  'Henrietta Mueller',
  'Isaiah Langer',
  'Patti Fernandez',
  'Pradeep Gupta',
  'Christie Cline',
  'Joni Sherman',
  'Lidia Holloway',
  'Miriam Graham',
];

/** Other customers of the same MSP, written from outside: they are counted, and never backed up here. */
export class Neighbours {
  private readonly owner: postgres.Sql;
  private readonly db: TestDatabase;
  private readonly world: World;
  /** The customer whose mailboxes come and go. */
  fabrikam = '';

  constructor(house: House, mspId: string) {
    this.owner = postgres(house.ownerUrl, { max: 2, onnotice: () => {} });
    this.db = { owner: this.owner } as unknown as TestDatabase;
    this.world = { mspId, clock: systemClock } as unknown as World;
  }

  async close(): Promise<void> {
    await this.owner.end({ timeout: 5 });
  }

  async moveIn(): Promise<void> {
    const connectedAt = addMs(systemClock.now(), -86_400_000);
    for (const [name, mailboxes] of others) {
      const { tenantId } = await createCustomer(this.db, this.world, { name, connectedAt });
      for (let box = 1; box <= mailboxes; box++) await this.add(tenantId, `${name} ${box}`);
    }
    ({ tenantId: this.fabrikam } = await createCustomer(this.db, this.world, {
      name: 'Fabrikam',
      connectedAt,
    }));
    for (const name of people.slice(0, 4)) await this.add(this.fabrikam, name);
    await this.add(this.fabrikam, 'Room Harbour', 'room');
  }

  /** Somebody joins: one of the names that are left. */
  async join(names: number): Promise<void> {
    for (const name of people.slice(4, 4 + names)) await this.add(this.fabrikam, name);
  }

  /** Somebody leaves; the copies are kept. */
  async leave(name: string): Promise<void> {
    const before = addMs(systemClock.now(), -2 * 86_400_000).toISOString();
    await this.owner`
      update mailboxes set state = 'sealed', sealed_at = ${before}::timestamptz
      where tenant_id = ${this.fabrikam} and display_name = ${name}`;
  }

  /** Copies good as of now, Contoso's too: the day may change while the story is told. */
  async refresh(): Promise<void> {
    await this.owner`
      update mailboxes set last_good_at = ${systemClock.now().toISOString()}::timestamptz
      where msp_id = ${this.world.mspId} and state = 'protected' and last_good_at is not null`;
  }

  private async add(tenantId: string, name: string, kind: 'user' | 'room' = 'user') {
    const now = systemClock.now();
    await createMailbox(this.db, this.world, tenantId, {
      kind,
      displayName: name,
      address: `${name.toLowerCase().replace(/[^a-z0-9]+/g, '.')}@example.test`,
      discoveredAt: addMs(now, -3 * 86_400_000),
      lastGoodAt: now,
      licensed: true,
      items: 100,
    });
  }
}
