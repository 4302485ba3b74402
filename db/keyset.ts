import { type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';

/**
 * Rows of a list, newest first, that come after a position; undefined at the start, where all do. The
 * pair is compared as one, so that rows of one moment are neither left out nor told twice.
 */
export function olderThan(
  at: PgColumn,
  id: PgColumn,
  position: { at: Date; id: string } | undefined,
): SQL | undefined {
  if (position === undefined) return undefined;
  return sql`(${at}, ${id}) < (${position.at.toISOString()}::timestamptz, ${position.id}::uuid)`;
}
