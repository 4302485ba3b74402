/** A table as a file that spreadsheets open. Cells that could be a formula are told to be text. */
export function csvFile(name: string, rows: readonly (readonly (string | number)[])[]): Response {
  const body = rows.map((row) => row.map(cell).join(',')).join('\r\n');
  return new Response(`\uFEFF${body}\r\n`, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
}

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
