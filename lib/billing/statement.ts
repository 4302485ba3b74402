import { csvCell } from '#lib/core/csv.ts';
import type { Adjustment } from './adjust.ts';
import { canonicalJson, sha256 } from './chain.ts';
import type { Day, Period } from './days.ts';
import { formatAmount, negative, parseAmount } from './money.ts';
import { type Dimension, dimensions } from './plan.ts';
import { formatFraction, type Rating, type Share } from './rate.ts';

/** A customer as a statement names it. Null where it is no longer there: its usage still is. */
export interface StatementCustomer {
  tenantId: string;
  name: string | null;
  /** Its id in the MSP's own books. */
  externalId: string | null;
}

export interface StatementInput {
  msp: { id: string; name: string };
  /** Who pays: the MSP, or a customer of its own. */
  account: { id: string; name: string };
  plan: { name: string; version: number };
  rating: Rating;
  /** Corrections of earlier periods that this one carries. */
  adjustments: readonly Adjustment[];
  /** What was given back and its invoice takes off; of one customer, where it pays for itself. */
  credits?: readonly { tenantId: string | null; reason: string; amount: string }[];
  customers: readonly StatementCustomer[];
  /** Leaves out customers that whoever asks may not see; the statement says that it is in part. */
  only?: ReadonlySet<string>;
  /** The period's link in the hash chain; null while it runs. */
  seal: { hash: string; prev: string | null; closedAt: string } | null;
  invoiceNumber: string | null;
}

/** A row of a statement: what a program for contracts and invoices takes. */
export interface StatementRow {
  tenantId: string;
  clientName: string;
  externalId: string;
  sku: string;
  description: string;
  quantity: number;
  unit: string;
  /** Only where every unit costs the same. */
  unitPrice: string;
  amount: string;
  peak: string;
  average: string;
  firstDay: Day | '';
  lastDay: Day | '';
}

export interface Statement {
  format: 'holdfast-statement/1';
  period: Period;
  msp: { id: string; name: string };
  account: { id: string; name: string };
  plan: { name: string; version: number };
  currency: string;
  aggregation: Rating['aggregation'];
  /** `final` once the period is closed; else up to `through`. */
  state: 'final' | 'running';
  through: Day | null;
  /** False where customers were left out. */
  complete: boolean;
  invoiceNumber: string | null;
  rows: StatementRow[];
  total: string;
  ledger: { hash: string; prev: string | null; closedAt: string } | null;
  /**
   * Over everything above, in canonical JSON: this paper as it was written. Names, external ids and the
   * number of the invoice are in it, so a statement that is written after one of them changed has another;
   * `ledger.hash` is of the month alone and never changes.
   */
  hash: string;
}

const skus: Record<Dimension | 'minimum', { sku: string; description: string; unit: string }> = {
  'protected-mailboxes': {
    sku: 'HF-PROTECTED',
    description: 'Protected mailboxes',
    unit: 'mailbox',
  },
  'sealed-mailboxes': { sku: 'HF-SEALED', description: 'Sealed mailboxes', unit: 'mailbox' },
  'stored-gib': { sku: 'HF-STORAGE', description: 'Stored GiB', unit: 'GiB' },
  minimum: { sku: 'HF-MINIMUM', description: 'Up to the minimum', unit: '' },
};

/** How a line of an invoice, and of a statement, names what was given back. */
export function creditTitle(reason: string): string {
  return `Credit: ${reason}`;
}

/** The statement of a period. The same facts make the same statement, byte for byte. */
export function makeStatement(input: StatementInput): Statement {
  const { rating, adjustments } = input;
  const customers = new Map(input.customers.map((customer) => [customer.tenantId, customer]));
  const shown = (tenantId: string) => input.only?.has(tenantId) ?? true;
  const who = (tenantId: string) => ({
    tenantId,
    clientName: customers.get(tenantId)?.name ?? 'A customer that is no longer here',
    externalId: customers.get(tenantId)?.externalId ?? '',
  });
  const ofAccount = { tenantId: '', clientName: input.account.name, externalId: '' };

  const rows: StatementRow[] = [];
  for (const line of rating.lines) {
    const unitPrice = singlePrice(line.steps);
    for (const share of line.shares) {
      if (!shown(share.tenantId) || isEmpty(share)) continue;
      const digits = line.dimension === 'stored-gib' ? 2 : 0;
      rows.push({
        ...who(share.tenantId),
        ...skus[line.dimension],
        quantity: share.quantity,
        unitPrice,
        amount: share.amount,
        peak: formatFraction(share.peak, digits),
        average: formatFraction(share.average, 2),
        firstDay: share.firstDay ?? '',
        lastDay: share.lastDay ?? '',
      });
    }
    if (line.shares.length === 0 && !isZero(line.amount)) {
      rows.push({
        ...ofAccount,
        ...skus[line.dimension],
        ...bare,
        quantity: line.quantity,
        amount: line.amount,
      });
    }
  }
  if (rating.minimum !== null && !isZero(rating.minimum.amount)) {
    const { shares, amount } = rating.minimum;
    for (const share of shares) {
      if (!shown(share.tenantId) || isZero(share.amount)) continue;
      rows.push({ ...who(share.tenantId), ...skus.minimum, ...bare, amount: share.amount });
    }
    if (shares.length === 0) rows.push({ ...ofAccount, ...skus.minimum, ...bare, amount });
  }
  for (const adjustment of adjustments) {
    const { sku, description, unit } = skus[adjustment.dimension];
    const corrected = {
      sku: `${sku}-ADJUSTMENT`,
      description: `${description}, correction of ${adjustment.period}`,
      unit,
    };
    for (const { tenantId, quantity, amount } of adjustment.customers) {
      if (!shown(tenantId)) continue;
      rows.push({ ...who(tenantId), ...corrected, ...bare, quantity, amount });
    }
    if (adjustment.customers.length === 0) {
      const { quantity, amount } = adjustment;
      rows.push({ ...ofAccount, ...corrected, ...bare, quantity, amount });
    }
  }
  for (const { tenantId, reason, amount } of input.credits ?? []) {
    if (tenantId === null ? input.only !== undefined : !shown(tenantId)) continue;
    rows.push({
      ...(tenantId === null ? ofAccount : who(tenantId)),
      ...{ sku: 'HF-CREDIT', description: creditTitle(reason), unit: '' },
      ...bare,
      amount: negative(amount),
    });
  }

  const order = (row: StatementRow) => `${row.clientName.toLowerCase()}\u0000${row.tenantId}`;
  rows.sort((a, b) => (order(a) === order(b) ? 0 : order(a) < order(b) ? -1 : 1));
  const total = rows.reduce((all, row) => all + parseAmount(row.amount, rating.currency), 0n);
  const content: Omit<Statement, 'hash'> = {
    format: 'holdfast-statement/1',
    period: rating.period,
    msp: input.msp,
    account: input.account,
    plan: input.plan,
    currency: rating.currency,
    aggregation: rating.aggregation,
    state: input.seal === null ? 'running' : 'final',
    through: rating.through,
    complete: input.only === undefined,
    invoiceNumber: input.invoiceNumber,
    rows,
    total: formatAmount(total, rating.currency),
    ledger: input.seal,
  };
  return { ...content, hash: sha256(canonicalJson(content)) };
}

const bare = {
  quantity: 0,
  unitPrice: '',
  peak: '',
  average: '',
  firstDay: '',
  lastDay: '',
} as const;

function singlePrice(steps: Rating['lines'][number]['steps']): string {
  const [only] = steps;
  const flat = only === undefined || Number(only.flat) === 0;
  return steps.length === 1 && flat ? only!.unitPrice : '';
}

function isZero(amount: string): boolean {
  return Number(amount) === 0;
}

function isEmpty(share: Share): boolean {
  return share.unitDays === '0' && share.quantity === 0 && isZero(share.amount);
}

/** A statement as a file of JSON; its `hash` can be computed again from the rest of it. */
export function statementJson(statement: Statement): string {
  return `${JSON.stringify(statement, null, 2)}\n`;
}

const columns = [
  'period',
  'msp',
  'client_external_id',
  'client_name',
  'tenant_id',
  'sku',
  'description',
  'quantity',
  'unit',
  'unit_price',
  'amount',
  'currency',
  'peak',
  'average',
  'first_day',
  'last_day',
  'statement_hash',
] as const;

/** A statement as a table, one row for a customer and a kind of usage. */
export function statementCsv(statement: Statement): string {
  const { period, msp, currency, hash } = statement;
  // Our own figures stay as they are: an amount may be negative.
  const rows = statement.rows.map((row) => [
    period,
    csvCell(msp.name),
    csvCell(row.externalId),
    csvCell(row.clientName),
    csvCell(row.tenantId),
    row.sku,
    csvCell(row.description),
    String(row.quantity),
    row.unit,
    row.unitPrice,
    row.amount,
    currency.toUpperCase(),
    row.peak,
    row.average,
    row.firstDay,
    row.lastDay,
    hash,
  ]);
  const lines = [[...columns], ...rows].map((cells) => cells.join(','));
  return `\uFEFF${lines.join('\r\n')}\r\n`;
}

/** What each dimension comes to over all shown customers, in the order of the plan. */
export function statementSums(statement: Statement): {
  sku: string;
  description: string;
  quantity: number;
  unit: string;
  unitPrice: string;
  amount: string;
}[] {
  const sums = new Map<string, { row: StatementRow; quantity: number; amount: bigint }>();
  for (const row of statement.rows) {
    const key = `${row.sku}|${row.description}`;
    const known = sums.get(key) ?? { row, quantity: 0, amount: 0n };
    known.quantity += row.quantity;
    known.amount += parseAmount(row.amount, statement.currency);
    sums.set(key, known);
  }
  const place = [...dimensions.map((dimension) => skus[dimension].sku), skus.minimum.sku];
  const rank = (sku: string) => {
    const index = place.indexOf(sku);
    return index < 0 ? place.length : index;
  };
  return [...sums.values()]
    .map(({ row, quantity, amount }) => ({
      sku: row.sku,
      description: row.description,
      quantity,
      unit: row.unit,
      unitPrice: row.unitPrice,
      amount: formatAmount(amount, statement.currency),
    }))
    .sort((a, b) => rank(a.sku) - rank(b.sku) || (a.description < b.description ? -1 : 1));
}
