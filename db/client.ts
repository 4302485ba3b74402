import type { ExtractTablesWithRelations } from 'drizzle-orm';
import type { PgTransaction } from 'drizzle-orm/pg-core';
import { drizzle, type PostgresJsQueryResultHKT } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { createTurns, type Turns } from '#lib/core/turns.ts';

type NoSchema = Record<string, never>;

/** What SQL is written against; only `lib/services/transaction.ts` can hand one out. */
export type Transaction = PgTransaction<
  PostgresJsQueryResultHKT,
  NoSchema,
  ExtractTablesWithRelations<NoSchema>
>;

/**
 * A pool of connections. It runs transactions and nothing else: a query outside of one would have
 * no context, and with pooled connections no way to get rid of one either.
 */
export interface Database {
  transaction<T>(act: (tx: Transaction) => Promise<T>): Promise<T>;
  /** Rejects when the server does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
  /**
   * For transactions that may take long: half of the connections at most, whoever asks. The others
   * stay free for pages, sign-ins and everything that is short.
   */
  slow: Turns;
}

/** Of one person so many slow transactions run, and so many more wait for those. */
const slowOfOne = { each: 2, waiting: 6 };

/** @param url with the role of this process: `app_user` for the portal, `app_worker` for the worker */
export function openDatabase(url: string, options: { connections?: number } = {}): Database {
  const max = options.connections ?? 10;
  const sql = postgres(url, {
    max,
    idle_timeout: 60,
    connect_timeout: 10,
    onnotice: () => {},
    connection: {
      application_name: 'holdfast',
      // A page asks for a few hundred rows behind fences that make plans look dear: to compile one
      // takes several times as long as to run it.
      jit: 'off',
      statement_timeout: 60_000,
      idle_in_transaction_session_timeout: 60_000,
    },
  });
  const db = drizzle(sql, { casing: 'snake_case' });
  return {
    transaction: (act) => db.transaction(act),
    ping: async () => {
      await sql`select 1`;
    },
    close: () => sql.end({ timeout: 5 }),
    slow: createTurns({ all: Math.max(1, Math.floor(max / 2)), ...slowOfOne }),
  };
}
