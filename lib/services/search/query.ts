import { sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import type { SearchFilter } from '#db/schema/search.ts';
import { fileMark, personMark } from './documents.ts';
import { type Language, languages, withoutStopWords } from './language.ts';
import { wordsOf } from './words.ts';

interface Term {
  words: string;
  not: boolean;
  /** It, or what stands before it. */
  or: boolean;
}

const termsMax = 32;

/** Words as people write them: each must be there, `"…"` together, `-` not, OR either of two. */
export function termsOf(text: string): Term[] {
  const terms: Term[] = [];
  let or = false;
  for (const [, minus, quoted, plain] of text.matchAll(/(-?)(?:"([^"]*)"?|(\S+))/g)) {
    if (plain === 'OR') {
      or = terms.length > 0;
      continue;
    }
    const words = wordsOf(quoted ?? plain ?? '');
    if (words === '' || terms.length === termsMax) continue;
    terms.push({ words, not: minus === '-', or });
    or = false;
  }
  return terms;
}

/** Does it say what to look for, and not only what to leave out? */
export function looksForSomething(text: string): boolean {
  return termsOf(text).some((term) => !term.not);
}

/** For `websearch_to_tsquery`, which takes what is between quotes as words and nothing else. */
function inLanguage(terms: readonly Term[], language: Language): string {
  let text = '';
  for (const { words, or } of terms) {
    const left = withoutStopWords(words, language);
    if (left !== '') text += `${or && text !== '' ? ' or' : ''} "${left}"`;
  }
  return text.trim();
}

/** What stands in no text. */
const nothing = "':'";

/**
 * What to look for, as text of a tsquery; null where a search has only days and folders. A text is
 * found in its own language: the words are brought to the form of each, and any of the forms counts.
 */
export async function queryOf(
  tx: Transaction,
  words: string,
  filter: SearchFilter,
): Promise<string | null> {
  const terms = termsOf(words);
  const wanted = terms.filter((term) => !term.not);
  const unwanted = terms.filter((term) => term.not).map((term) => ({ ...term, or: true }));
  const parts: string[] = [];
  if (wanted.length > 0) {
    const [query, without] = await inAnyLanguage(tx, [wanted, unwanted]);
    // In no language anything is left: it finds nothing.
    parts.push(query ?? nothing);
    if (without !== null) parts.push(`!(${without})`);
  }
  for (const [text, mark] of [
    [filter.person, personMark],
    [filter.attachment, fileMark],
  ] as const) {
    if (!text) continue;
    const list = wordsOf(text).split(' ').filter(Boolean);
    parts.push(list.map((word) => `'${mark}${word}'`).join(' & ') || nothing);
  }
  return parts.length === 0 ? null : parts.map((part) => `(${part})`).join(' & ');
}

/** The terms in the forms of every language; null where nothing is left of them. */
async function inAnyLanguage(
  tx: Transaction,
  groups: readonly [Term[], Term[]],
): Promise<[string | null, string | null]> {
  const texts = groups.flatMap((terms, group) =>
    languages
      .map((language) => ({ group, language, text: inLanguage(terms, language) }))
      .filter(({ text }) => text !== ''),
  );
  if (texts.length === 0) return [null, null];
  const rows = await tx.execute<{ group: number; query: string }>(sql`
    select distinct v.part as "group", websearch_to_tsquery(v.language::regconfig, v.words)::text as query
    from (values ${sql.join(
      texts.map(
        ({ group, language, text }) => sql`(${group}::int, ${language}::text, ${text}::text)`,
      ),
      sql`, `,
    )}) as v (part, language, words)`);
  const either = (group: number) => {
    const queries = rows.filter((row) => row.group === group && row.query !== '');
    return queries.length === 0 ? null : queries.map(({ query }) => `(${query})`).join(' | ');
  };
  return [either(0), either(1)];
}
