import { type SQL, sql } from 'drizzle-orm';
import type { SearchFilter } from '#db/schema/search.ts';

/** The words of a search as Postgres looks for them; null where it has none. */
export function queryOf(words: string, filter: SearchFilter): SQL | null {
  const parts: SQL[] = [];
  if (words !== '') parts.push(sql`websearch_to_tsquery('simple', ${words})`);
  if (filter.person) parts.push(sql`websearch_to_tsquery('simple', ${filter.person})`);
  if (filter.attachment) parts.push(sql`websearch_to_tsquery('simple', ${filter.attachment})`);
  return parts.length === 0 ? null : sql`(${sql.join(parts, sql` && `)})`;
}
