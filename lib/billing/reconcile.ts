import { parseAmount } from './money.ts';
import { type Dimension, dimensions } from './plan.ts';

/** What the three books say of one dimension. Null where a book has no line for it. */
export interface ThreeBooks {
  ledger: number;
  meter: number | null;
  invoice: number | null;
}

export type Verdict =
  /** The three say the same. */
  | 'agree'
  /** They differ and a push is under way that explains it: look again later. */
  | 'waiting'
  /** They differ and nothing under way explains it. */
  | 'differ';

export interface Reconciliation {
  verdict: Verdict;
  lines: (ThreeBooks & { dimension: Dimension; verdict: Verdict })[];
  /** The same of money, where an invoice was given with its total. */
  money: { ledger: string; invoice: string; verdict: 'agree' | 'differ' } | null;
  /** One sentence for people; empty where all agree. */
  sentence: string;
}

export interface Books {
  ledger: Record<Dimension, number>;
  meter: Record<Dimension, number | null>;
  /** By dimension, the sum of the invoice's lines. Null: there is no invoice to look at. */
  invoice: Record<Dimension, number | null> | null;
  /** Dimensions that the plan bills; the others are counted and not compared. */
  billed: readonly Dimension[];
  /** Dimensions whose newest push is not accepted yet, or so fresh that the meters may not show it. */
  underWay: readonly Dimension[];
  /** What each book is kept in. Numbers of two currencies never agree. */
  currency: { ledger: string; invoice: string };
  money?: { ledger: string; invoice: string };
}

const names: Record<Dimension, string> = {
  'protected-mailboxes': 'protected mailboxes',
  'sealed-mailboxes': 'sealed mailboxes',
  'stored-gib': 'stored GiB',
};

/** Compares ledger, meters and invoice. A book without a line stands for 0, as it is billed. */
export function reconcile(books: Books): Reconciliation {
  const lines = dimensions
    .filter((dimension) => books.billed.includes(dimension))
    .map((dimension) => {
      const ledger = books.ledger[dimension];
      const meter = books.meter[dimension];
      const invoice = books.invoice === null ? null : books.invoice[dimension];
      const same = ledger === (meter ?? 0) && (books.invoice === null || ledger === (invoice ?? 0));
      const verdict: Verdict = same
        ? 'agree'
        : books.underWay.includes(dimension)
          ? 'waiting'
          : 'differ';
      return { dimension, ledger, meter, invoice, verdict };
    });
  const oneCurrency = books.invoice === null || books.currency.ledger === books.currency.invoice;
  const money = books.money === undefined ? null : compareMoney(books.money, books.currency);
  const verdicts: Verdict[] = lines.map((line) => line.verdict);
  const waiting = verdicts.includes('waiting');
  // Money follows quantities: while those are on their way, it proves nothing.
  if (money !== null && !waiting) verdicts.push(money.verdict);
  if (!oneCurrency) {
    const { ledger, invoice } = books.currency;
    const sentence = `Our ledger is in ${ledger.toUpperCase()}, Stripe’s invoice in ${invoice.toUpperCase()}. ${untilTheyAgree}`;
    return { verdict: 'differ', lines, money, sentence };
  }
  const verdict = verdicts.includes('differ') ? 'differ' : waiting ? 'waiting' : 'agree';
  return { verdict, lines, money, sentence: sentenceOf(verdict, lines, money) };
}

const untilTheyAgree = 'Nothing is charged until they agree.';

function compareMoney(
  { ledger, invoice }: NonNullable<Books['money']>,
  currency: Books['currency'],
): Reconciliation['money'] {
  const same =
    currency.ledger === currency.invoice &&
    parseAmount(ledger, currency.ledger) === parseAmount(invoice, currency.invoice);
  return { ledger, invoice, verdict: same ? 'agree' : 'differ' };
}

function sentenceOf(
  verdict: Verdict,
  lines: Reconciliation['lines'],
  money: Reconciliation['money'],
): string {
  if (verdict === 'agree') return '';
  const line =
    lines.find((one) => one.verdict === 'differ') ??
    (verdict === 'waiting' ? lines.find((one) => one.verdict === 'waiting') : undefined);
  if (verdict === 'waiting') {
    return `Stripe does not show the newest count of ${names[line!.dimension]} yet. It is compared again shortly.`;
  }
  if (line === undefined) {
    return `Our ledger comes to ${money!.ledger}, Stripe’s invoice to ${money!.invoice}. ${untilTheyAgree}`;
  }
  const theirs =
    (line.meter ?? 0) === line.ledger
      ? `Stripe’s invoice ${line.invoice ?? 0}`
      : `Stripe’s meter ${line.meter ?? 0}`;
  return `Our ledger says ${line.ledger} ${names[line.dimension]}, ${theirs}. ${untilTheyAgree}`;
}
