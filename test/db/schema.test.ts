import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { createTestDatabase, type TestDatabase } from '#test/kit/database.ts';

const folder = join(import.meta.dirname, '../../db/schema');
const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

describe('the schema in code', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(() => db.close());

  it('is what the migrations make, column by column, hand-written ones included', async () => {
    const inCode: string[] = [];
    for (const file of globSync('*.ts', { cwd: folder })) {
      const exported = Object.values(await import(join(folder, file)));
      for (const table of exported.filter((value) => is(value, PgTable))) {
        const { name, columns } = getTableConfig(table);
        for (const column of columns) {
          const type = column.getSQLType().replace(/ ?\(\d\)/, '');
          inCode.push(
            `${name}.${snakeCase(column.name)} ${type}${column.notNull ? ' not null' : ''}`,
          );
        }
      }
    }
    const rows = await db.owner<{ line: string }[]>`
      select c.relname || '.' || a.attname || ' ' ||
        regexp_replace(format_type(a.atttypid, a.atttypmod), '\\(\\d\\)', '') ||
        case when a.attnotnull then ' not null' else '' end as line
      from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and not c.relispartition and a.attnum > 0 and not a.attisdropped`;
    assert.deepEqual(inCode.sort(), rows.map((row) => row.line).sort());
  });
});
