import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { apiDocument } from '#app/api/v1/_operations/document.ts';
import { operations } from '#app/api/v1/_operations/table.ts';
import { scopesOf } from '#lib/api/operation.ts';
import { keyScopes } from '#lib/auth/roles.ts';

describe('the OpenAPI document', () => {
  const document = JSON.parse(JSON.stringify(apiDocument('https://backup.example')));

  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const result = await validator.validate(document);
    assert.deepEqual(result.errors ?? [], []);
    assert.ok(result.valid);
    assert.equal(validator.version, '3.1');
  });

  it('the validator notices what it is there for', async () => {
    const broken = structuredClone(document);
    delete broken.paths['/customers'].get.responses;
    broken.paths['/customers'].get.parameters[0].in = 'nowhere';
    assert.equal((await new Validator().validate(broken)).valid, false);
  });

  it('says each operation of the table once, with a scope that keys can have', () => {
    const ids = operations.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    const places = operations.map(({ method, path }) => `${method} ${path}`);
    assert.equal(new Set(places).size, places.length);
    for (const operation of operations) {
      for (const scope of scopesOf(operation)) {
        assert.ok((keyScopes as readonly string[]).includes(scope));
      }
    }
    const told = Object.values(document.paths).flatMap((path) =>
      Object.values(path as Record<string, { operationId: string }>).map((it) => it.operationId),
    );
    assert.deepEqual(told.sort(), ids.sort());
    const used = new Set(operations.map(({ scope }) => scope));
    assert.deepEqual(
      keyScopes.filter((scope) => !used.has(scope)),
      [],
    );
  });

  it('refers to nothing that it does not hold', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      (it) => it[1]!,
    );
    assert.ok(refs.length > 50);
    for (const ref of refs) {
      const found = ref
        .split('/')
        .reduce(
          (at: Record<string, never> | undefined, step) => at?.[step.replaceAll('~1', '/')],
          document,
        );
      assert.ok(found, ref);
    }
  });

  it('keeps mail out of addresses: nothing that is looked for is in a path or a query', () => {
    const named = operations.flatMap(({ query, path }) => [
      ...Object.keys(query?.shape ?? {}),
      ...[...path.matchAll(/\{(\w+)\}/g)].map((it) => it[1]!),
    ]);
    const known = [
      'snapshot',
      'folder',
      'mailbox',
      'onlyProblems',
      'customer',
      'before',
      'group',
      'actor',
      'part',
      'period',
      'basis',
      'dimension',
      'as',
    ];
    assert.deepEqual(
      [...new Set(named)].filter((it) => !it.endsWith('Id') && !known.includes(it)),
      [],
    );
  });
});
