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
      // Behind fences a plan that serves all values expects next to no rows, and serves none.
      plan_cache_mode: 'force_custom_plan',
      statement_timeout: 60_000,
      idle_in_transaction_session_timeout: 60_000,
    },
  });
  const db = drizzle(keepingStatements(sql), { casing: 'snake_case' });
  return {
    transaction: (act) => db.transaction(act),
    ping: async () => {
      await sql`select 1`;
    },
    close: () => sql.end({ timeout: 5 }),
    slow: createTurns({ all: Math.max(1, Math.floor(max / 2)), ...slowOfOne }),
  };
}

/**
 * With more values they are lists of as many as there happen to be: each length is a statement of its
 * own, and what is kept takes up memory at both ends for as long as the connection lives.
 */
const keptValuesMax = 40;

/**
 * Statements are parsed once a connection: the second time they go out with their values at once, one
 * behind the other. Else each waits for the server to say what types its values have, and stops all
 * behind it.
 */
function keepingStatements<S extends postgres.Sql>(sql: S): S {
  const { begin } = sql;
  sql.begin = ((...args: unknown[]) => {
    const act = args.pop() as (tx: postgres.TransactionSql) => Promise<unknown>;
    return (begin as (...args: unknown[]) => unknown)(...args, (tx: postgres.TransactionSql) =>
      act(keepingInside(tx)),
    );
  }) as S['begin'];
  return sql;
}

function keepingInside(tx: postgres.TransactionSql): postgres.TransactionSql {
  const { unsafe, savepoint } = tx;
  tx.unsafe = ((text: string, values: never[] = [], options = {}) =>
    unsafe(text, values, {
      ...options,
      prepare: values.length > 0 && values.length <= keptValuesMax,
    })) as typeof unsafe;
  tx.savepoint = ((...args: unknown[]) => {
    const act = args.pop() as (tx: postgres.TransactionSql) => Promise<unknown>;
    return (savepoint as (...args: unknown[]) => unknown)(
      ...args,
      (inner: postgres.TransactionSql) => act(keepingInside(inner)),
    );
  }) as typeof savepoint;
  return tx;
}
