import { type Day, dayOf, dayStart, type Period, periodBounds } from '#lib/billing/days.ts';
import {
  countDay,
  type DayCounts,
  type MailboxDay,
  type StorageDay,
} from '#lib/billing/observation.ts';
import { type MailboxFacts, type Observed, observe, trialEnd } from '#lib/billing/observe.ts';

/**
 * Two years of an MSP, made of a seed: customers and mailboxes that join and leave, days on which
 * copies fail, and facts that come to light weeks later. Everything is a function of the seed, the
 * mailbox and the day, so that nothing has to be kept and any day can be asked again.
 */
export interface WorldOptions {
  seed: number;
  customers: number;
  /** Of each customer, over the whole time. */
  mailboxes: number;
  start: Period;
  months: number;
  trialDays: number;
  /** How often something comes to light of a customer on a day; 0.06 if not said. */
  news?: number;
  /** How much of what comes to light was otherwise, of mailbox-days; 0.03 if not said. */
  surprises?: number;
}

export interface WorldMailbox {
  tenantId: string;
  subject: string;
  /** Its place among the customers, and among the mailboxes of its customer. */
  tenant: number;
  number: number;
  kind: MailboxFacts['kind'];
  licensed: boolean | null;
  joins: number;
  /** Day indexes from the start of the world; infinite for never. */
  sealed: number;
  excluded: number;
  erased: number;
}

export interface WorldCustomer {
  tenantId: string;
  joins: number;
  mailboxes: WorldMailbox[];
}

/** Something that comes to light on a day about an earlier one. */
export interface LateNews {
  tenantId: string;
  day: Day;
  knownOn: Day;
}

const dayMs = 86_400_000;
const hour = 3_600_000;
const never = Number.POSITIVE_INFINITY;

export class World {
  readonly customers: WorldCustomer[];
  readonly days: number;
  private readonly options: WorldOptions;
  private readonly startMs: number;

  constructor(options: WorldOptions) {
    this.options = options;
    const first = periodBounds(options.start).start;
    this.startMs = first.getTime();
    const end = new Date(
      Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + options.months, 1),
    ).getTime();
    this.days = Math.round((end - this.startMs) / dayMs);
    this.customers = Array.from({ length: options.customers }, (_, index) => this.customer(index));
  }

  day(index: number): Day {
    return dayOf(new Date(this.startMs + index * dayMs));
  }

  indexOf(day: Day): number {
    return Math.round((dayStart(day).getTime() - this.startMs) / dayMs);
  }

  /** A number from 0 to 1 that belongs to what is named. */
  chance(...parts: number[]): number {
    let hash = this.options.seed | 0;
    for (const part of parts) {
      hash = Math.imul(hash ^ (part + 0x9e3779b9), 0x85ebca6b);
      hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
      hash ^= hash >>> 16;
    }
    return (hash >>> 0) / 2 ** 32;
  }

  private customer(index: number): WorldCustomer {
    const tenantId = `tenant-${String(index).padStart(4, '0')}`;
    // Half are there from the start, the others come in the first two thirds of the time.
    const joins = index % 2 === 0 ? 0 : Math.floor(this.chance(1, index) * this.days * (2 / 3));
    const mailboxes = Array.from({ length: this.options.mailboxes }, (_, number) => {
      const at = (what: number) => this.chance(what, index, number);
      const kindAt = at(2);
      const kind: MailboxFacts['kind'] =
        kindAt < 0.78
          ? 'user'
          : kindAt < 0.9
            ? 'shared'
            : kindAt < 0.94
              ? 'room'
              : kindAt < 0.97
                ? 'equipment'
                : 'archive';
      const begins = at(3) < 0.6 ? joins : joins + Math.floor(at(4) * (this.days - joins));
      const stays = Math.floor(at(6) * this.days);
      const sealed = at(5) < 0.35 ? begins + 1 + stays : never;
      return {
        tenantId,
        subject: `${tenantId}-m${number}`,
        tenant: index,
        number,
        kind,
        licensed: at(7) < 0.1 ? null : at(7) < 0.5,
        joins: begins,
        sealed,
        excluded: at(8) < 0.05 ? begins + Math.floor(at(9) * this.days) : never,
        erased: sealed !== never && at(10) < 0.3 ? sealed + Math.floor(at(11) * 200) : never,
      };
    });
    return { tenantId, joins, mailboxes };
  }

  /** What is known of a mailbox when a day is observed; with `late`, what came to light since. */
  facts(mailbox: WorldMailbox, index: number, late: boolean): MailboxFacts | null {
    if (index < mailbox.joins) return null;
    const { tenant, number } = mailbox;
    const at = (what: number) => this.chance(what, tenant, number, index);
    const surprise = late && this.isSurprise(tenant, number, index);
    // A day on which our own house was down, and the days on which single mailboxes fail.
    const down = this.chance(20, index) < 0.006;
    const failed = down || at(21) < 0.012 || (surprise && at(22) < 0.5);
    const copied = failed && !(surprise && at(22) >= 0.5) ? index - 1 : index;
    const sealedAt = surprise && at(23) < 0.2 ? mailbox.sealed - 1 : mailbox.sealed;
    const state =
      index >= mailbox.erased
        ? 'erased'
        : index >= sealedAt
          ? 'sealed'
          : index >= mailbox.excluded
            ? 'excluded'
            : 'protected';
    const lastCopy = Math.min(copied, sealedAt, mailbox.excluded);
    const cause = causes[Math.floor(at(24) * causes.length)]!;
    return {
      kind: mailbox.kind,
      state,
      discoveredAt: new Date(this.startMs + mailbox.joins * dayMs + hour),
      sealedAt: state === 'sealed' ? new Date(this.startMs + sealedAt * dayMs + 9 * hour) : null,
      licensed: mailbox.licensed,
      everyMinutes: 360,
      lastGoodAt:
        lastCopy < mailbox.joins ? null : new Date(this.startMs + lastCopy * dayMs + 5 * hour),
      causes: failed && !down ? [cause] : [],
      stopped: false,
    };
  }

  private isSurprise(tenant: number, number: number, index: number): boolean {
    return this.chance(30, tenant, number, index) < (this.options.surprises ?? 0.03);
  }

  /** The news that comes to light on a day: mostly of the same month, sometimes of the one before. */
  newsOn(index: number): LateNews[] {
    const news: LateNews[] = [];
    for (const [tenant, customer] of this.customers.entries()) {
      const about = index - 1 - Math.floor(this.chance(31, tenant, index) ** 2 * 50);
      if (about < customer.joins || this.chance(32, tenant, index) >= (this.options.news ?? 0.06))
        continue;
      news.push({ tenantId: customer.tenantId, day: this.day(about), knownOn: this.day(index) });
    }
    return news;
  }

  observed(mailbox: WorldMailbox, index: number, late: boolean): Observed | null {
    const facts = this.facts(mailbox, index, late);
    if (facts === null) return null;
    const customer = this.customers[mailbox.tenant]!;
    return observe(
      facts,
      this.day(index),
      trialEnd(this.day(customer.joins), this.options.trialDays),
    );
  }

  /** The rows of a customer's day, as a version of the ledger has them. */
  rows(customer: WorldCustomer, index: number, late: boolean, version: number): MailboxDay[] {
    const rows: MailboxDay[] = [];
    const day = this.day(index);
    for (const mailbox of customer.mailboxes) {
      const observed = this.observed(mailbox, index, late);
      if (observed === null) continue;
      rows.push({
        tenantId: customer.tenantId,
        subject: mailbox.subject,
        day,
        version,
        ...observed,
      });
    }
    return rows;
  }

  storage(customer: WorldCustomer, index: number, version: number): StorageDay {
    const tenant = Number(customer.tenantId.slice(7));
    const age = Math.max(0, index - customer.joins);
    const growth = 20 + 60 * this.chance(40, tenant);
    const logicalBytes = Math.floor(age * growth * 2 ** 28 * (1 + this.chance(41, tenant, index)));
    const until = trialEnd(this.day(customer.joins), this.options.trialDays);
    return {
      tenantId: customer.tenantId,
      day: this.day(index),
      physicalBytes: Math.floor(logicalBytes * 0.6),
      logicalBytes,
      trial: until !== null && this.day(index) <= until,
      version,
    };
  }

  /** The same day in numbers, without a row for each mailbox. */
  counts(customer: WorldCustomer, index: number, late: boolean): DayCounts {
    const { physicalBytes, logicalBytes, trial } = this.storage(customer, index, 1);
    return {
      tenantId: customer.tenantId,
      day: this.day(index),
      ...countDay(this.standings(customer, index, late)),
      physicalBytes,
      logicalBytes,
      trial,
    };
  }

  private *standings(customer: WorldCustomer, index: number, late: boolean): Generator<Observed> {
    for (const mailbox of customer.mailboxes) {
      const observed = this.observed(mailbox, index, late);
      if (observed !== null) yield observed;
    }
  }
}

const causes = [
  'consent.missing',
  'source.refused',
  'source.unavailable',
  'vault.unavailable',
  'defect',
  'internal',
];
