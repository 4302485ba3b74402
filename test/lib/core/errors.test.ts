import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppError, isAppError } from '#lib/core/errors.ts';

describe('errors of the house', () => {
  it('are known where the file was loaded a second time, and nothing else is', async () => {
    const file = new URL('../../../lib/core/errors.ts?again', import.meta.url).href;
    const again = (await import(file)) as { AppError: typeof AppError };
    assert.notEqual(again.AppError, AppError);
    const other = new again.AppError('too-many', 'Wait.', { retryAfterMs: 5 });
    assert.ok(other instanceof AppError);
    assert.ok(isAppError(other, 'too-many'));
    assert.equal(isAppError(other, 'conflict'), false);
    class Kind extends AppError {}
    assert.ok(new Kind('conflict', 'x') instanceof Kind);
    assert.ok(new Kind('conflict', 'x') instanceof AppError);
    assert.equal(other instanceof Kind, false);
    for (const stranger of [new Error('x'), { code: 'too-many' }, null, undefined, 'too-many']) {
      assert.equal(isAppError(stranger), false);
    }
  });
});
