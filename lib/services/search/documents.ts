import { sql } from 'drizzle-orm';
import type { Transaction } from '#db/client.ts';
import type { ItemKind, TextExtent } from '#db/enums.ts';
import type { ItemText } from '#lib/exchange/item-text.ts';
import { excerptOf } from './excerpt.ts';
import { type Language, languageOf, withoutStopWords } from './language.ts';
import { marksOfMoment } from './spans.ts';
import { wordsOf } from './words.ts';

/** What of an item goes into the search index. */
export interface DocumentInput {
  contentId: string;
  kind: ItemKind;
  at: Date | null;
  /** Null where nothing of it can be read; it then is found by `known` alone. */
  text: ItemText | null;
  known: { subject: string; people: string };
}

interface Place {
  mspId: string;
  tenantId: string;
  mailboxId: string;
}

/** Postgres takes a megabyte of different words; that is far below, whatever the script. */
const wordsCharactersMax = 96 * 1024;
const documentsAtOnce = 200;

/**
 * Marks among the words by which one index finds the words of one mailbox, or of one customer. No word
 * of a text looks like them.
 */
export const mailboxMark = (mailboxId: string) => `:${mailboxId.slice(-12)}`;
export const customerMark = (tenantId: string) => `;${tenantId.slice(-12)}`;

/** Before a word that names somebody, or a file: asked for alone, it is found without reading the rest. */
export const personMark = '@';
export const fileMark = '/';

function marksOfWords(mark: string, words: string): string[] {
  return [...new Set(words.split(' '))].filter(Boolean).map((word) => mark + word);
}

/**
 * Adds what the index does not have yet, in the transaction that adds the items. Content is its own
 * name: what is there already says the same.
 */
export async function saveDocuments(
  tx: Transaction,
  place: Place,
  documents: readonly DocumentInput[],
): Promise<void> {
  for (let from = 0; from < documents.length; from += documentsAtOnce) {
    const rows = documents.slice(from, from + documentsAtOnce).map(documentRow);
    await tx.execute(insertDocuments(place, rows));
  }
}

interface DocumentRow {
  content_id: string;
  kind: ItemKind;
  at: string | null;
  language: Language;
  subject: string;
  people: string;
  files: string;
  body: string;
  excerpt: string;
  extent: TextExtent;
  marks: string[];
}

function documentRow({ contentId, kind, at, text, known }: DocumentInput): DocumentRow {
  const body = limited(wordsOf(text?.body ?? ''));
  const subject = limited(wordsOf(text?.subject ?? known.subject));
  const people = limited(wordsOf(text?.people ?? known.people));
  const files = limited(wordsOf(text?.files ?? ''));
  const language = languageOf(`${subject} ${body}`);
  return {
    content_id: contentId,
    kind,
    at: at?.toISOString() ?? null,
    language,
    subject: withoutStopWords(subject, language),
    people,
    files,
    body: withoutStopWords(body, language),
    excerpt: excerptOf(text?.body ?? ''),
    extent: text?.extent ?? 'none',
    marks: [
      ...marksOfMoment(at),
      ...marksOfWords(personMark, people),
      ...marksOfWords(fileMark, files),
    ],
  };
}

function limited(words: string): string {
  if (words.length <= wordsCharactersMax) return words;
  return words.slice(0, words.lastIndexOf(' ', wordsCharactersMax));
}

/** Names are looked for as they are and, since one does not say which words are names, by their stem. */
function insertDocuments(place: Place, rows: DocumentRow[]) {
  const { mspId, tenantId, mailboxId } = place;
  return sql`
    insert into search_documents
      (msp_id, tenant_id, mailbox_id, content_id, kind, at, language, words, excerpt, extent)
    select ${mspId}::uuid, ${tenantId}::uuid, ${mailboxId}::uuid, t.content_id,
      t.kind::item_kind, t.at::timestamptz, t.language,
      setweight(to_tsvector(t.language::regconfig, t.subject), 'A')
        || setweight(to_tsvector('simple', t.people), 'B')
        || setweight(to_tsvector('simple', t.files), 'C')
        || case when t.language = 'simple' then ''::tsvector else
          setweight(to_tsvector(t.language::regconfig, t.people), 'B')
          || setweight(to_tsvector(t.language::regconfig, t.files), 'C') end
        || to_tsvector(t.language::regconfig, t.body)
        || array_to_tsvector(array[${mailboxMark(mailboxId)}::text, ${customerMark(tenantId)}::text] || t.marks),
      t.excerpt, t.extent::text_extent
    from json_to_recordset(${JSON.stringify(rows)}::json) as t (content_id text, kind text, at text,
      language text, subject text, people text, files text, body text, excerpt text, extent text,
      marks text[])
    where not exists (select 1 from search_documents d where d.tenant_id = ${tenantId}::uuid
      and d.mailbox_id = ${mailboxId}::uuid and d.content_id = t.content_id)
    on conflict do nothing`;
}
