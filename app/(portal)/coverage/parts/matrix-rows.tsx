'use client';

import { type MatrixFrame, type MatrixRow, rowMarkup } from './row-markup.ts';

/**
 * The rows of a matrix. What comes over the wire for the browser is a letter a cell; the markup is
 * made of it there as on the server.
 */
export function MatrixRows({ rows, frame }: { rows: MatrixRow[]; frame: MatrixFrame }) {
  return (
    <tbody>
      {rows.map((row, at) => (
        <tr
          key={row.id}
          className="hover:bg-canvas"
          // biome-ignore lint/security/noDangerouslySetInnerHtml: a thousand cells, escaped where they are made
          dangerouslySetInnerHTML={{ __html: rowMarkup(row, frame, at === 0) }}
        />
      ))}
    </tbody>
  );
}
