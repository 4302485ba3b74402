import type Stripe from 'stripe';
import { date, money } from './layout.ts';

/** One page of text with the lines of an invoice, as small as a PDF can be. */
export function invoicePdf(invoice: Stripe.Invoice): Buffer {
  const lines = [
    `Invoice ${invoice.number}`,
    `${invoice.customer_name ?? invoice.customer_email ?? invoice.customer}`,
    `${date(invoice.period_start)} to ${date(invoice.period_end)}`,
    '',
    ...invoice.lines.data.map(
      (line) => `${line.description}   ${money(line.amount, invoice.currency)}`,
    ),
    '',
    `Total ${money(invoice.total, invoice.currency)}`,
  ];
  const text = lines.map((line) => `(${latin(line).replace(/[\\()]/g, '\\$&')}) Tj T*`).join('\n');
  const stream = `BT /F1 11 Tf 14 TL 56 780 Td\n${text}\nET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
  ];
  let body = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const at = body.length;
    body += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const start = body.length;
  body += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  for (const offset of offsets) body += `${String(offset).padStart(10, '0')} 00000 n \n`;
  body += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(body, 'latin1');
}

/** What the page's font has no sign for is left out. */
function latin(text: string): string {
  return [...text].map((sign) => (sign.codePointAt(0)! < 256 ? sign : '?')).join('');
}
