import { periodBounds } from './days.ts';
import { type PdfDocument, pdfDocument } from './pdf.ts';
import { type Statement, type StatementRow, statementSums } from './statement.ts';

const left = 48;
const right = 547;
const foot = 780;
const grey = 0.4;

/** Columns of the table of customers: where each begins, or for numbers ends. */
const at = { client: left, item: 222, quantity: 384, average: 438, peak: 490, amount: right };

/** A statement on paper: sums, then what each customer has of them, the hash on every page. */
export async function statementPdf(statement: Statement): Promise<Uint8Array> {
  const money = statement.currency.toUpperCase();
  const pdf = pdfDocument({
    title: `Usage statement ${statement.period}, ${statement.account.name}`,
    author: statement.msp.name,
    // Not the moment it was made at: the same statement is the same file.
    date:
      statement.ledger === null
        ? periodBounds(statement.period).start
        : new Date(statement.ledger.closedAt),
  });
  pdf.addPage();
  let y = heading(pdf, statement);

  pdf.text(left, y, 'What is billed', { face: 'bold', size: 11 });
  y += 8;
  for (const sum of statementSums(statement)) {
    y += 14;
    if (y > foot) y = nextPage(pdf, statement);
    const price = sum.unitPrice === '' ? '' : ` at ${sum.unitPrice} ${money}`;
    const quantity =
      sum.unit === ''
        ? ''
        : `${sum.quantity.toLocaleString('en-US')} ${sum.unit === 'GiB' ? 'GiB' : ''}`;
    // The reason of a credit may be long.
    const [title = '', ...rest] =
      sum.unit === '' ? pdf.wrap(sum.description, right - left - 90, 9, 4) : [sum.description];
    pdf.text(left, y, title);
    pdf.text(at.quantity, y, `${quantity.trim()}${price}`, { align: 'right' });
    pdf.text(right, y, grouped(sum.amount), { align: 'right' });
    for (const line of rest) {
      y += 11;
      pdf.text(left, y, line);
    }
    pdf.rule(left, y + 4.5, right - left, 0.9);
  }
  y += 18;
  pdf.text(left, y, statement.state === 'final' ? 'Total' : 'So far', { face: 'bold', size: 10 });
  pdf.text(right, y, `${grouped(statement.total)} ${money}`, {
    face: 'bold',
    size: 10,
    align: 'right',
  });

  y += 34;
  if (y > foot - 60) y = nextPage(pdf, statement);
  y = tableHead(pdf, y);
  let before = '';
  for (const row of statement.rows) {
    const first = row.tenantId !== before;
    before = row.tenantId;
    const names = first ? pdf.wrap(clientOf(row), at.item - at.client - 10, 9, 4) : [];
    const items = pdf.wrap(row.description, at.quantity - at.item - 50, 9, 4);
    const lines = Math.max(names.length, items.length, 1);
    if (y + lines * 11 > foot) y = tableHead(pdf, nextPage(pdf, statement));
    if (first) pdf.rule(left, y + 3, right - left, 0.9);
    y += 14;
    for (const [index, name] of names.entries()) pdf.text(at.client, y + index * 11, name);
    for (const [index, item] of items.entries()) pdf.text(at.item, y + index * 11, item);
    const end = { align: 'right' } as const;
    pdf.text(at.quantity, y, row.unit === '' ? '' : row.quantity.toLocaleString('en-US'), end);
    pdf.text(at.average, y, grouped(row.average), end);
    pdf.text(at.peak, y, grouped(row.peak), end);
    pdf.text(at.amount, y, grouped(row.amount), end);
    y += (lines - 1) * 11;
  }
  if (statement.rows.length === 0) pdf.text(left, y + 14, 'Nothing was used.', { grey });

  for (let page = 0; page < pdf.pages; page++) {
    pdf.text(
      left,
      806,
      `This paper, names and numbers as written: SHA-256 ${statement.hash}`,
      { size: 7, grey },
      page,
    );
    pdf.text(
      right,
      806,
      `Page ${page + 1} of ${pdf.pages}`,
      { size: 7, grey, align: 'right' },
      page,
    );
    if (statement.ledger !== null) {
      pdf.text(
        left,
        816,
        `The month in the ledger: SHA-256 ${statement.ledger.hash}`,
        { size: 7, grey },
        page,
      );
    }
  }
  return await pdf.finish();
}

function heading(pdf: PdfDocument, statement: Statement): number {
  const { account, msp, plan, ledger } = statement;
  let y = 64;
  pdf.text(left, y, `Usage statement ${statement.period}`, { face: 'bold', size: 18 });
  y += 12;
  const facts = [
    account.name === msp.name ? account.name : `${account.name}, by ${msp.name}`,
    `Plan ${plan.name}, version ${plan.version}: ${aggregationWords[statement.aggregation]}`,
    ledger === null
      ? `The month is running; this is what accrued up to ${statement.through ?? 'its first day'}.`
      : `Closed ${ledger.closedAt.slice(0, 10)}${statement.invoiceNumber === null ? '' : `, invoice ${statement.invoiceNumber}`}.`,
    ...(statement.complete ? [] : ['In part: it has only the customers that its reader may see.']),
    ...(namesOf(statement).every((name) => pdf.has(name))
      ? []
      : [
          'Letters that this file has no font for are written as their numbers in Unicode; the CSV and JSON forms have them.',
        ]),
  ];
  for (const fact of facts) {
    for (const line of pdf.wrap(fact, right - left, 9, 4)) {
      y += 13;
      pdf.text(left, y, line, { grey });
    }
  }
  return y + 32;
}

const aggregationWords: Record<Statement['aggregation'], string> = {
  'daily-average': 'the average of the month’s days',
  peak: 'the highest day of the month',
  'period-end': 'the last day of the month',
};

function namesOf(statement: Statement): string[] {
  return [
    statement.msp.name,
    statement.account.name,
    ...statement.rows.flatMap((row) => [row.clientName, row.description]),
  ];
}

function nextPage(pdf: PdfDocument, statement: Statement): number {
  pdf.addPage();
  pdf.text(left, 48, `Usage statement ${statement.period}`, { grey });
  return 76;
}

function tableHead(pdf: PdfDocument, y: number): number {
  const style = { size: 8, grey } as const;
  pdf.text(at.client, y, 'Customer', style);
  pdf.text(at.item, y, 'Usage', style);
  for (const [name, x] of [
    ['Quantity', at.quantity],
    ['Average', at.average],
    ['Peak', at.peak],
    ['Amount', at.amount],
  ] as const) {
    pdf.text(x, y, name, { ...style, align: 'right' });
  }
  return y + 2;
}

/** 1159.25 as people read it: 1,159.25. */
function grouped(decimal: string): string {
  return decimal.replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ',');
}

function clientOf(row: StatementRow): string {
  return row.externalId === '' ? row.clientName : `${row.clientName} (${row.externalId})`;
}
