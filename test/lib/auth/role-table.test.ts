import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { roleTable, roleTableText, tableRoles } from '#lib/auth/role-table.ts';
import { may } from '#lib/auth/roles.ts';

/** The cells of a table, however a formatter aligns them. */
function cellsOf(table: string): string[][] {
  return table
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s:|-]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

describe('the table of roles', () => {
  it('says of every role and permission what the verbs decide', () => {
    for (const { permission, allowed } of roleTable()) {
      assert.deepEqual(
        allowed,
        tableRoles.map((role) => may(role, permission)),
        permission,
      );
    }
  });

  it('stands in the README as the code has it', () => {
    const readme = readFileSync(join(import.meta.dirname, '../../../README.md'), 'utf8');
    const section = /\n## Roles\n([\s\S]*?)\n## /.exec(readme)?.[1] ?? '';
    assert.deepEqual(cellsOf(section), cellsOf(roleTableText()), `\n${roleTableText()}\n`);
  });
});
