import { csvCell } from '#lib/core/csv.ts';

type Row = readonly (string | number)[];

/** A table as a file that spreadsheets open. Cells that could be a formula are told to be text. */
export function csvFile(name: string, rows: readonly Row[]): Response {
  return new Response(`\uFEFF${lines(rows)}`, { headers: headersOf(name) });
}

/** The same for a table that is too long to be held at once. */
export function csvStream(name: string, head: Row, pages: AsyncIterator<readonly Row[]>): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start: (out) => out.enqueue(encoder.encode(`\uFEFF${lines([head])}`)),
    pull: async (out) => {
      const { value, done } = await pages.next();
      if (done) out.close();
      else out.enqueue(encoder.encode(lines(value)));
    },
    cancel: async () => {
      await pages.return?.();
    },
  });
  return new Response(body, { headers: headersOf(name) });
}

function headersOf(name: string): Record<string, string> {
  return {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${name}"`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };
}

function lines(rows: readonly Row[]): string {
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}
